import { Inbox, Search, Sparkles } from "lucide";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { availability, setAvailability } from "../state/availability";
import { counts, filter, inboxNames, list, rows, view } from "../state/chat";
import { loadClosed } from "../state/closed";
import { route } from "../state/route";
import { type TextKey, t } from "../texts";
import { Button } from "../ui/button";
import { Empty } from "../ui/empty";
import { Icon } from "../ui/icon";
import { RowList } from "./row-list";
import "./lists.css";

/** The chosen list: its head with the search, and its lines. */
export function ListPane(): JSX.Element {
  const inbox = filter.value.inboxId;
  useEffect(() => {
    if (view.value === "closed") void loadClosed(true);
  }, [view.value]);
  return (
    <section class="list-pane" aria-label={t(`view.${view.value}` as TextKey)}>
      <header class="list-head">
        <h1 class="cut">{t(`view.${view.value}` as TextKey)}</h1>
        {inbox && <span class="chip">{inboxNames.value.get(inbox)}</span>}
        <span class="muted numbers">{view.value === "closed" ? "" : list.value.length || ""}</span>
      </header>
      <label class="search">
        <Icon of={Search} size={14} />
        <input
          id="search"
          type="search"
          placeholder={t("search")}
          aria-label={t("search")}
          value={filter.value.text}
          onInput={(event) => {
            filter.value = { ...filter.value, text: event.currentTarget.value };
          }}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            filter.value = { ...filter.value, text: "" };
            event.currentTarget.blur();
          }}
        />
        <kbd>F</kbd>
      </label>
      <AwayNote />
      {list.value.length > 0 ? <RowList key={view.value} /> : <Nothing />}
    </section>
  );
}

/** Visitors see nobody for as long as nobody is available, so whoever forgot that he is not is told. */
function AwayNote(): JSX.Element | null {
  const state = availability.value.availability;
  if (state === "online") return null;
  return (
    <div class="away-note" role="status">
      <span>{t(`away.${state}`)}</span>
      <Button small onClick={() => void setAvailability("online")}>
        {t("away.back")}
      </Button>
    </div>
  );
}

function Nothing(): JSX.Element {
  if (filter.value.text || (filter.value.inboxId && rows.value.size > 0)) {
    return (
      <Empty icon={Search} title={t("empty.search")}>
        {t("empty.search.more")}
      </Empty>
    );
  }
  const which = route.value.page === "work" ? view.value : "all";
  const isQuiet = which === "queue" || (which === "mine" && counts.value.queue === 0);
  return (
    <Empty icon={isQuiet ? Sparkles : Inbox} title={t(`empty.${which}` as TextKey)}>
      {which === "mine" && counts.value.queue > 0
        ? t("empty.mine.queue", { n: counts.value.queue })
        : t(`empty.${which}.more` as TextKey)}
    </Empty>
  );
}
