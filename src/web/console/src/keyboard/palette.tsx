import type { IconNode } from "lucide";
import { MessageSquare } from "lucide";
import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { rows, view } from "../state/chat";
import { closeLayer } from "../state/layers";
import { visitorName } from "../state/names";
import { goTo } from "../state/route";
import { t } from "../texts";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { commands, isPossible } from "./commands";
import { Keys } from "./shortcut-sheet";

interface Choice {
  key: string;
  icon: IconNode;
  text: string;
  more?: string | undefined;
  chord?: string | undefined;
  run: () => void;
}

const mostConversations = 6;

/** Commands and conversations by name. */
export function Palette(): JSX.Element {
  const [search, setSearch] = useState("");
  const [at, setAt] = useState(0);
  const found = useMemo(() => choicesFor(search), [search]);
  const pick = (choice: Choice | undefined) => {
    if (!choice) return;
    closeLayer();
    choice.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, at + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
    else if (event.key === "Enter") pick(found[at]);
    else return;
    event.preventDefault();
    document.querySelector(`#choice-${at}`)?.scrollIntoView({ block: "nearest" });
  };
  return (
    <Dialog title={t("palette")} bare onClose={closeLayer}>
      <input
        class="palette-input"
        role="combobox"
        aria-expanded="true"
        aria-controls="choices"
        aria-activedescendant={found[at] ? `choice-${at}` : undefined}
        aria-label={t("palette")}
        placeholder={t("palette.placeholder")}
        autofocus
        value={search}
        onInput={(event) => {
          setSearch(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id="choices" class="palette-list" role="listbox" aria-label={t("palette")}>
        {found.map((choice, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys go to the field, which names the chosen option
          <div
            key={choice.key}
            id={`choice-${index}`}
            class="menu-item"
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onPointerMove={() => setAt(index)}
            onClick={() => pick(choice)}
          >
            <Icon of={choice.icon} />
            <span class="cut">{choice.text}</span>
            {choice.more && <span class="palette-more cut">{choice.more}</span>}
            {choice.chord && (
              <span class="end">
                <Keys chord={choice.chord} />
              </span>
            )}
          </div>
        ))}
        {found.length === 0 && <p class="palette-none">{t("empty.search")}</p>}
      </div>
    </Dialog>
  );
}

function choicesFor(search: string): Choice[] {
  const wanted = search.trim().toLocaleLowerCase();
  const has = (text: string) => text.toLocaleLowerCase().includes(wanted);
  const done: Choice[] = commands
    .filter((command) => command.id !== "palette" && isPossible(command) && has(t(command.text)))
    .map(({ id, icon, text, chords, run }) => ({ key: id, icon, text: t(text), chord: chords[0], run }));
  if (wanted === "") return done;
  const conversations: Choice[] = [];
  for (const row of rows.value.values()) {
    const name = visitorName(row.visitor);
    if (!has(name) && !has(row.topic ?? "")) continue;
    const run = () => goTo({ page: "work", view: view.value, conversation: row.conversationId });
    conversations.push({
      key: row.conversationId,
      icon: MessageSquare,
      text: name,
      more: row.topic ?? row.lastMessage?.text,
      run,
    });
    if (conversations.length === mostConversations) break;
  }
  return [...done, ...conversations];
}
