import { Fragment, type JSX } from "preact";
import { isSupervisor } from "../state/chat";
import { closeLayer, openLayer } from "../state/layers";
import { type TextKey, t } from "../texts";
import { Dialog } from "../ui/dialog";
import { type Command, commands, type Group } from "./commands";
import { chordParts } from "./keys";
import "./keyboard.css";

const groups: readonly Group[] = ["move", "act", "write", "app"];

export function openSheet(): void {
  openLayer({ kind: "sheet" });
}

export function ShortcutSheet(): JSX.Element {
  return (
    <Dialog title={t("shortcuts")} wide onClose={closeLayer}>
      <div class="sheet">
        {groups.map((group) => (
          <section key={group}>
            <h3>{t(`shortcuts.${group}` as TextKey)}</h3>
            <dl>
              {commands
                .filter((command) => command.group === group && (command.id !== "supervisor" || isSupervisor.value))
                .map((command) => (
                  <Shortcut key={command.id} command={command} />
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function Shortcut({ command }: { command: Command }): JSX.Element {
  return (
    <div>
      <dt>{t(command.text)}</dt>
      <dd>
        {command.chords.map((chord, index) => (
          <Fragment key={chord}>
            {index > 0 && <span class="muted">{t("or")}</span>}
            <Keys chord={chord} />
          </Fragment>
        ))}
      </dd>
    </div>
  );
}

export function Keys({ chord }: { chord: string }): JSX.Element {
  return (
    <span class="keys">
      {chordParts(chord).map((part) => (part === "…" ? <span key={part}>…</span> : <kbd key={part}>{part}</kbd>))}
    </span>
  );
}
