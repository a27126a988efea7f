import type { IconNode } from "lucide";
import {
  AlarmClock,
  Archive,
  ArrowDown,
  ArrowRightLeft,
  ArrowUp,
  Check,
  Gauge,
  Hand,
  Inbox,
  Keyboard,
  Layers,
  Lock,
  Moon,
  PanelRight,
  Reply,
  RotateCcw,
  Search,
  Settings,
  SquareSlash,
  Tag,
  UserRound,
  Users,
} from "lucide";
import { focusComposer } from "../composer/focus";
import { actions } from "../state/actions";
import { chosen, chosenId, drafts, isAdmin, isSupervisor, list, mine, view } from "../state/chat";
import { openLayer } from "../state/layers";
import { neighbour } from "../state/lists";
import { togglePanel } from "../state/panel";
import { setPrefs } from "../state/prefs";
import { goTo, type View } from "../state/route";
import type { TextKey } from "../texts";
import { focusOn } from "../ui/focus";
import type { Chord } from "./keys";

export type Group = "move" | "act" | "write" | "app";

/** Everything that keys and the palette can do; the sheet is drawn from this list. */
export interface Command {
  id: string;
  group: Group;
  text: TextKey;
  icon: IconNode;
  chords: readonly Chord[];
  /** Works while one writes too. */
  everywhere?: boolean;
  isPossible?: () => boolean;
  run: () => void;
}

const always = () => true;
const hasChosen = () => chosen.value !== undefined;
const isActive = () => chosen.value !== undefined && chosen.value.status !== "closed";

function withChosen(run: (id: string) => unknown): () => void {
  return () => {
    if (chosenId.value !== undefined) void run(chosenId.value);
  };
}

function step(by: 1 | -1): () => void {
  return () => {
    const row = neighbour(list.value, chosenId.value, by);
    if (row) goTo({ page: "work", view: view.value, conversation: row.conversationId });
  };
}

function toList(to: View): () => void {
  return () => goTo({ page: "work", view: to });
}

function write(mode: "reply" | "note"): () => void {
  return withChosen((id) => {
    drafts.value.change(id, { mode, edit: undefined });
    focusComposer();
  });
}

export const commands: readonly Command[] = [
  {
    id: "next",
    group: "move",
    text: "command.next",
    icon: ArrowDown,
    chords: ["J", "Alt+ArrowDown"],
    everywhere: true,
    run: step(1),
  },
  {
    id: "previous",
    group: "move",
    text: "command.previous",
    icon: ArrowUp,
    chords: ["K", "Alt+ArrowUp"],
    everywhere: true,
    run: step(-1),
  },
  {
    id: "nth",
    group: "move",
    text: "command.nth",
    icon: UserRound,
    chords: ["Alt+1 … 9"],
    isPossible: () => false,
    run: () => undefined,
  },
  { id: "queue", group: "move", text: "view.queue", icon: Inbox, chords: ["G Q"], run: toList("queue") },
  { id: "mine", group: "move", text: "view.mine", icon: UserRound, chords: ["G M"], run: toList("mine") },
  { id: "team", group: "move", text: "view.team", icon: Users, chords: ["G T"], run: toList("team") },
  { id: "all", group: "move", text: "view.all", icon: Layers, chords: ["G A"], run: toList("all") },
  { id: "snoozed", group: "move", text: "view.snoozed", icon: AlarmClock, chords: ["G Z"], run: toList("snoozed") },
  { id: "closed", group: "move", text: "view.closed", icon: Archive, chords: ["G C"], run: toList("closed") },
  { id: "search", group: "move", text: "search", icon: Search, chords: ["F"], run: () => focusOn("#search") },
  {
    id: "supervisor",
    group: "move",
    text: "supervisor",
    icon: Gauge,
    chords: ["G S"],
    isPossible: () => isSupervisor.value,
    run: () => goTo({ page: "supervisor" }),
  },
  {
    id: "settings",
    group: "move",
    text: "settings",
    icon: Settings,
    chords: ["G ,"],
    run: () => goTo({ page: "admin", section: isAdmin.value ? "inboxes" : "replies" }),
  },

  { id: "claim", group: "act", text: "claim", icon: Hand, chords: ["C"], isPossible: isActive, run: withChosen(actions.claim) },
  {
    id: "assign",
    group: "act",
    text: "assign",
    icon: ArrowRightLeft,
    chords: ["A", "T"],
    isPossible: isActive,
    run: withChosen((id) => openLayer({ kind: "assign", id, hasNote: false })),
  },
  {
    id: "snooze",
    group: "act",
    text: "snooze",
    icon: AlarmClock,
    chords: ["S"],
    isPossible: isActive,
    run: withChosen((id) => openLayer({ kind: "snooze", id })),
  },
  {
    id: "close",
    group: "act",
    text: "close.conversation",
    icon: Check,
    chords: ["E"],
    isPossible: isActive,
    run: withChosen(actions.close),
  },
  {
    id: "reopen",
    group: "act",
    text: "reopen",
    icon: RotateCcw,
    chords: ["U"],
    isPossible: () => hasChosen() && !isActive(),
    run: withChosen(actions.reopen),
  },
  { id: "tag", group: "act", text: "tag.add", icon: Tag, chords: ["#", "L"], isPossible: hasChosen, run: openTags },

  {
    id: "reply",
    group: "write",
    text: "reply.start",
    icon: Reply,
    chords: ["R", "Enter"],
    isPossible: isActive,
    run: write("reply"),
  },
  { id: "note", group: "write", text: "note.start", icon: Lock, chords: ["N"], isPossible: isActive, run: write("note") },
  { id: "canned", group: "write", text: "canned.open", icon: SquareSlash, chords: ["/"], isPossible: isActive, run: openCanned },
  {
    id: "newline",
    group: "write",
    text: "command.newline",
    icon: Reply,
    chords: ["Shift+Enter"],
    isPossible: () => false,
    run: () => undefined,
  },
  {
    id: "edit-last",
    group: "write",
    text: "command.edit",
    icon: Reply,
    chords: ["ArrowUp"],
    isPossible: () => false,
    run: () => undefined,
  },

  {
    id: "palette",
    group: "app",
    text: "palette",
    icon: Search,
    chords: ["Mod+K"],
    everywhere: true,
    run: () => openLayer({ kind: "palette" }),
  },
  { id: "sheet", group: "app", text: "shortcuts", icon: Keyboard, chords: ["?"], run: () => openLayer({ kind: "sheet" }) },
  {
    id: "panel",
    group: "app",
    text: "panel",
    icon: PanelRight,
    chords: ["]"],
    run: () => togglePanel(),
  },
  { id: "theme", group: "app", text: "theme", icon: Moon, chords: ["Shift+D"], run: toggleTheme },
];

export function isPossible(command: Command): boolean {
  return (command.isPossible ?? always)();
}

/** The n-th of one's own conversations, counted from one. */
export function goToOwn(n: number): void {
  const row = mine.value[n - 1];
  if (row) goTo({ page: "work", view: "mine", conversation: row.conversationId });
}

function openTags(): void {
  togglePanel(true);
  focusOn("#tag-input");
}

function openCanned(): void {
  withChosen((id) => {
    if (!drafts.value.hasText(id) && !drafts.value.of(id).edit) drafts.value.change(id, { text: "/" });
    focusComposer();
  })();
}

function toggleTheme(): void {
  setPrefs({ theme: document.documentElement.dataset.theme === "dark" ? "light" : "dark" });
}
