import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { matching } from "../state/canned";
import { replies } from "../state/replies";
import type { CannedReply } from "../state/types";
import { t } from "../texts";

const most = 8;

export interface Canned {
  isOpen: boolean;
  found: readonly CannedReply[];
  at: number;
  ties: Record<string, string>;
  onKeyDown: (event: KeyboardEvent, pick: (reply: CannedReply) => void) => boolean;
  openByButton: (area: HTMLTextAreaElement | null) => void;
}

/** The canned replies that a slash at the caret calls, and which of them is chosen. */
export function useCanned(slash: { query: string; from: number } | undefined, inboxId: string | undefined): Canned {
  const [at, setAt] = useState(0);
  const [dismissed, setDismissed] = useState<number>();
  const query = slash?.query;
  useEffect(() => setAt(0), [query]);
  useEffect(() => {
    if (slash === undefined) setDismissed(undefined);
  }, [slash === undefined]);
  const isCalled = slash !== undefined && dismissed !== slash.from;
  const found = isCalled ? matching(replies.value, slash.query, inboxId).slice(0, most) : [];
  const isOpen = isCalled && (found.length > 0 || slash.query === "");
  const onKeyDown: Canned["onKeyDown"] = (event, pick) => {
    if (!isOpen) return false;
    const chosen = found[at];
    if (event.key === "ArrowDown" && found.length > 0) setAt((at + 1) % found.length);
    else if (event.key === "ArrowUp" && found.length > 0) setAt((at - 1 + found.length) % found.length);
    else if ((event.key === "Enter" || event.key === "Tab") && chosen) pick(chosen);
    else if (event.key === "Escape") setDismissed(slash.from);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const ties: Record<string, string> = isOpen
    ? {
        "aria-controls": "canned",
        "aria-autocomplete": "list",
        ...(found[at] ? { "aria-activedescendant": `canned-${at}` } : {}),
      }
    : {};
  return { isOpen, found, at, ties, onKeyDown, openByButton };
}

/** Writes the slash as if it had been typed. */
function openByButton(area: HTMLTextAreaElement | null): void {
  if (!area) return;
  area.focus();
  const before = area.value.slice(0, area.selectionStart);
  area.setRangeText(before === "" || /\s$/.test(before) ? "/" : " /", area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

export function CannedPopover({ canned, onPick }: { canned: Canned; onPick: (reply: CannedReply) => void }): JSX.Element {
  if (canned.found.length === 0) {
    return (
      <div class="canned" id="canned">
        <p class="canned-none">
          {t("canned.none")} <a href="/console/settings/replies">{t("canned.make")}</a>
        </p>
      </div>
    );
  }
  return (
    <div class="canned" id="canned" role="listbox" aria-label={t("canned.open")}>
      {canned.found.map((reply, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys go to the text area, which names the chosen option
        <div
          key={reply.id}
          id={`canned-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === canned.at}
          class="canned-item"
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onPick(reply)}
        >
          <code>/{reply.shortcut}</code>
          <b class="cut">{reply.title}</b>
          <span class="canned-body cut">{reply.body}</span>
          {reply.shared && <span class="chip">{t("canned.shared")}</span>}
        </div>
      ))}
    </div>
  );
}
