import type { IconNode } from "lucide";
import { AlarmClock, Archive, BookText, Gauge, Inbox, Keyboard, Layers, Settings, UserRound, Users } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { openSheet } from "../keyboard/shortcut-sheet";
import { counts, filter, inboxes, isAdmin, isSupervisor, view } from "../state/chat";
import { goTo, pathOf, type Route, route, type View } from "../state/route";
import { type TextKey, t } from "../texts";
import { Icon } from "../ui/icon";
import { MeMenu } from "./me-menu";
import "./sidebar.css";

const lists: readonly { view: View; icon: IconNode; text: TextKey }[] = [
  { view: "queue", icon: Inbox, text: "view.queue" },
  { view: "mine", icon: UserRound, text: "view.mine" },
  { view: "team", icon: Users, text: "view.team" },
  { view: "all", icon: Layers, text: "view.all" },
  { view: "snoozed", icon: AlarmClock, text: "view.snoozed" },
  { view: "closed", icon: Archive, text: "view.closed" },
];

export function Sidebar(): JSX.Element {
  const here = route.value;
  return (
    <nav class="sidebar" aria-label={t("navigation")}>
      <MeMenu />
      <div class="sidebar-scroll">
        <ul class="sidebar-group">
          {lists.map((one) => (
            <Entry
              key={one.view}
              to={{ page: "work", view: one.view }}
              icon={one.icon}
              name={t(one.text)}
              isHere={here.page === "work" && view.value === one.view}
            >
              <ViewCount of={one.view} />
            </Entry>
          ))}
        </ul>
        {inboxes.value.length > 1 && <Inboxes />}
        <ul class="sidebar-group sidebar-foot">
          {isSupervisor.value && (
            <Entry to={{ page: "supervisor" }} icon={Gauge} name={t("supervisor")} isHere={here.page === "supervisor"} />
          )}
          <Entry
            to={{ page: "admin", section: isAdmin.value ? "inboxes" : "replies" }}
            icon={isAdmin.value ? Settings : BookText}
            name={t(isAdmin.value ? "settings" : "admin.replies")}
            isHere={here.page === "admin"}
          />
          <li>
            <button type="button" class="entry" title={t("shortcuts")} onClick={openSheet}>
              <Icon of={Keyboard} />
              <span class="cut">{t("shortcuts")}</span>
              <kbd>?</kbd>
            </button>
          </li>
        </ul>
      </div>
    </nav>
  );
}

interface EntryProps {
  to: Route;
  icon: IconNode;
  name: string;
  isHere: boolean;
  children?: ComponentChildren;
}

function Entry({ to, icon, name, isHere, children }: EntryProps): JSX.Element {
  return (
    <li>
      <a class="entry" href={pathOf(to)} title={name} aria-current={isHere ? "page" : undefined}>
        <Icon of={icon} />
        <span class="cut">{name}</span>
        {children}
      </a>
    </li>
  );
}

function ViewCount({ of }: { of: View }): JSX.Element | null {
  const { queue, mine, unread, team, snoozed } = counts.value;
  const count = { queue, mine, team, snoozed, all: 0, closed: 0 }[of];
  if (of === "mine" && unread > 0) {
    return (
      <span class="count" title={t("unread.conversations", { n: unread })}>
        {unread}
      </span>
    );
  }
  return count > 0 ? <span class="entry-count numbers">{count}</span> : null;
}

function Inboxes(): JSX.Element {
  return (
    <section class="sidebar-group" aria-label={t("inboxes")}>
      <h2 class="sidebar-title">{t("inboxes")}</h2>
      <ul>
        {inboxes.value.map((inbox) => {
          const isOn = filter.value.inboxId === inbox.id;
          return (
            <li key={inbox.id}>
              <button
                type="button"
                class="entry"
                title={inbox.name}
                aria-pressed={isOn}
                onClick={() => {
                  filter.value = { ...filter.value, inboxId: isOn ? undefined : inbox.id };
                  if (route.value.page !== "work") goTo({ page: "work", view: "all" });
                }}
              >
                <span class="inbox-mark" style={{ background: inbox.color ?? "var(--text-3)" }} />
                <span class="cut">{inbox.name}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
