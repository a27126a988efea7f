import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { actions } from "../state/actions";
import { closeLayer } from "../state/layers";
import { t } from "../texts";
import { moment } from "../texts/format";
import { Button } from "../ui/button";
import { Menu, MenuItem } from "../ui/menu";
import { localInput, snoozeTimes } from "./snooze-times";

export function SnoozeMenu({ id }: { id: string }): JSX.Element {
  const [now] = useState(() => new Date());
  const [own, setOwn] = useState(() => localInput(new Date(now.getTime() + 24 * 3_600_000)));
  const snooze = (until: Date) => {
    closeLayer();
    void actions.snooze(id, until);
  };
  const chosen = new Date(own);
  return (
    <Menu label={t("snooze")} align="end" onClose={closeLayer}>
      <p class="menu-title">{t("snooze.until")}</p>
      {snoozeTimes(now).map(({ text, at }) => (
        <MenuItem key={text} end={moment(at.getTime(), now.getTime())} onPick={() => snooze(at)}>
          {t(text)}
        </MenuItem>
      ))}
      <hr />
      <form
        class="menu-row"
        onSubmit={(event) => {
          event.preventDefault();
          snooze(chosen);
        }}
      >
        <input
          class="input"
          type="datetime-local"
          aria-label={t("snooze.own")}
          min={localInput(now)}
          value={own}
          onInput={(event) => setOwn(event.currentTarget.value)}
        />
        <Button type="submit" small disabled={!(chosen.getTime() > now.getTime())}>
          {t("snooze")}
        </Button>
      </form>
    </Menu>
  );
}
