import { ArrowLeft } from "lucide";
import type { ComponentType, JSX } from "preact";
import { api } from "../../state/api";
import { pathOf } from "../../state/route";
import type { InboxPatch, InboxSettings } from "../../state/types";
import { type TextKey, t } from "../../texts";
import { Icon } from "../../ui/icon";
import { save, useResource } from "../resource";
import { AppearanceTab } from "./appearance-tab";
import { FormTab } from "./form-tab";
import { GeneralTab } from "./general-tab";
import { HoursTab } from "./hours-tab";
import { InstallTab } from "./install-tab";
import { MembersTab } from "./members-tab";
import { SecurityTab } from "./security-tab";

export interface TabProps {
  inbox: InboxSettings;
  /** Saves a change; tells and returns false when it is refused. */
  patch: (change: InboxPatch) => Promise<boolean>;
  reload: () => Promise<void>;
}

const tabs = {
  general: GeneralTab,
  appearance: AppearanceTab,
  form: FormTab,
  hours: HoursTab,
  security: SecurityTab,
  members: MembersTab,
  install: InstallTab,
} satisfies Record<string, ComponentType<TabProps>>;

type TabName = keyof typeof tabs;

export function InboxPage({ id, tab }: { id: string; tab: string | undefined }): JSX.Element {
  const {
    value: inboxes,
    set,
    reload,
  } = useResource(async () => (await api<{ inboxes: InboxSettings[] }>("GET", "/admin/inboxes")).inboxes);
  const inbox = inboxes?.find((one) => one.id === id);
  const here: TabName = tab !== undefined && Object.hasOwn(tabs, tab) ? (tab as TabName) : "general";
  const Tab = tabs[here];
  const patch = (change: InboxPatch) =>
    save(async () => {
      const changed = await api<InboxSettings>("PATCH", `/admin/inboxes/${id}`, change);
      set((inboxes ?? []).map((one) => (one.id === id ? changed : one)));
    });
  return (
    <>
      <a class="back" href={pathOf({ page: "admin", section: "inboxes" })}>
        <Icon of={ArrowLeft} size={14} /> {t("admin.inboxes")}
      </a>
      <h1 class="page-title">{inbox?.name ?? (inboxes ? t("error.not_found") : "")}</h1>
      <nav class="tabs small" aria-label={inbox?.name ?? t("inbox")}>
        {Object.keys(tabs).map((one) => (
          <a
            key={one}
            href={pathOf({ page: "admin", section: "inboxes", id, tab: one })}
            aria-current={one === here ? "page" : undefined}
          >
            {t(`inbox.tab.${one}` as TextKey)}
          </a>
        ))}
      </nav>
      {inbox && <Tab key={here} inbox={inbox} patch={patch} reload={reload} />}
    </>
  );
}
