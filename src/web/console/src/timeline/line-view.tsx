import type { JSX } from "preact";
import { now } from "../state/clock";
import type { OpenState } from "../state/types";
import { t } from "../texts";
import { dayName } from "../texts/format";
import type { Line } from "./lines";
import { Message } from "./message";
import { Notice } from "./notice";

export function LineView({ line, state }: { line: Line; state: OpenState }): JSX.Element {
  switch (line.kind) {
    case "day":
      return (
        <p class="day">
          <span>{dayName(line.at, now.value)}</span>
        </p>
      );
    case "unread":
      return (
        <p class="new-mark">
          <span>{t("new.messages")}</span>
        </p>
      );
    case "notice":
      return <Notice item={line.item} state={state} />;
    case "message":
      return <Message line={line} state={state} />;
  }
}
