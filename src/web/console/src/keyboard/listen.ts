import { layer } from "../state/layers";
import { phase } from "../state/session";
import { type Command, commands, goToOwn, isPossible } from "./commands";
import { isTyping, stroke } from "./keys";

const sequenceMs = 1_000;

/** Takes the keys that mean a command. Two-stroke chords such as "G Q" wait a second for their second stroke. */
export function listenToKeys(): () => void {
  let first = "";
  let firstAt = 0;
  const onKeyDown = (event: KeyboardEvent) => {
    if (phase.value !== "in" || event.defaultPrevented || event.isComposing || layer.value.kind !== "none") return;
    const one = stroke(event);
    const own = /^Alt\+([1-9])$/.exec(one)?.[1];
    if (own) {
      event.preventDefault();
      goToOwn(Number(own));
      return;
    }
    const sequence = event.timeStamp - firstAt < sequenceMs ? `${first} ${one}` : one;
    const isWriting = isTyping(event.target);
    const found = find(sequence, isWriting) ?? find(one, isWriting);
    first = found || isWriting ? "" : one;
    firstAt = event.timeStamp;
    if (!found || (one === "Enter" && event.target !== document.body)) return;
    event.preventDefault();
    found.run();
  };
  document.addEventListener("keydown", onKeyDown);
  return () => document.removeEventListener("keydown", onKeyDown);
}

function find(chord: string, isWriting: boolean): Command | undefined {
  const bare = !/^(Mod|Alt)\+/.test(chord);
  return commands.find(
    (command) => command.chords.includes(chord) && isPossible(command) && !(isWriting && (bare || !command.everywhere)),
  );
}
