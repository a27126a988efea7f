import type { OperatorState } from "@gapless-chat/protocol";
import type { ListRow } from "../state/types";

export interface Load {
  operator: OperatorState;
  /** What he holds and this supervisor sees. */
  rows: ListRow[];
  open: number;
  /** Visitors who wait for his answer. */
  waiting: number;
}

const order = { online: 0, away: 1, offline: 2 } as const;

/** Each operator with what he holds: those at work first, the busiest of them on top. */
export function loadsOf(operators: Iterable<OperatorState>, rows: Iterable<ListRow>): Load[] {
  const held = new Map<string, ListRow[]>();
  for (const row of rows) {
    if (row.status !== "open" || !row.assignee?.id) continue;
    const his = held.get(row.assignee.id) ?? [];
    his.push(row);
    held.set(row.assignee.id, his);
  }
  const loads = [...operators].map((operator) => {
    const his = held.get(operator.id) ?? [];
    return { operator, rows: his, open: his.length, waiting: his.filter((row) => row.waitingSince !== undefined).length };
  });
  return loads.sort(
    (a, b) =>
      order[a.operator.availability] - order[b.operator.availability] ||
      b.open - a.open ||
      a.operator.name.localeCompare(b.operator.name),
  );
}

/** How long the one who waits longest in the queue has waited. */
export function longestWaitMs(rows: Iterable<ListRow>, now: number): number | undefined {
  let first: string | undefined;
  for (const row of rows) {
    const since = row.waitingSince ?? row.openedAt;
    if (row.status === "queued" && (first === undefined || since < first)) first = since;
  }
  return first === undefined ? undefined : Math.max(0, now - Date.parse(first));
}
