import type { CannedReply } from "./types";

/** What stands after the slash at the caret, or undefined where no canned reply is being called: the slash begins a word. */
export function slashQuery(text: string, caret: number): { query: string; from: number } | undefined {
  const match = /(?:^|\s)\/([\p{L}\p{N}_-]{0,32})$/u.exec(text.slice(0, caret));
  if (!match) return undefined;
  const query = match[1] ?? "";
  return { query, from: caret - query.length - 1 };
}

/** The replies for a query, best first: those whose shortcut begins with it, then those whose title or text have it. */
export function matching(replies: readonly CannedReply[], query: string, inboxId: string | undefined): CannedReply[] {
  const wanted = query.toLocaleLowerCase();
  return replies
    .filter((reply) => reply.inboxId === undefined || reply.inboxId === inboxId)
    .map((reply) => ({ reply, rank: rankOf(reply, wanted) }))
    .filter(({ rank }) => rank < 3)
    .sort((a, b) => a.rank - b.rank || a.reply.shortcut.localeCompare(b.reply.shortcut))
    .map(({ reply }) => reply);
}

function rankOf(reply: CannedReply, wanted: string): number {
  if (reply.shortcut.toLocaleLowerCase().startsWith(wanted)) return 0;
  if (reply.title.toLocaleLowerCase().includes(wanted)) return 1;
  return reply.body.toLocaleLowerCase().includes(wanted) ? 2 : 3;
}
