// What the loader and the frame say to each other with postMessage. Both sides check origin and source first, and shape here: a host page may post anything.

export type Fields = Readonly<Record<string, string>>;

export type ToFrame =
  | { type: "start"; page: string; fields: Fields; identified: boolean; open: boolean; logout: boolean }
  | { type: "fields"; fields: Fields }
  | { type: "token"; token?: string }
  | { type: "open" | "close" | "identify" | "logout" };

/** What the frame has: a conversation that is not closed, only earlier ones, nothing. */
export type Keeps = "open" | "past" | "nothing";

export type ToHost =
  | { type: "ready" | "close" | "token" }
  | { type: "state"; unread: number; keeps: Keeps; color?: string }
  | { type: "conversation"; id: string };

type Checks = Readonly<Record<string, (value: unknown) => boolean>>;

const isString = (value: unknown) => typeof value === "string";
const isBoolean = (value: unknown) => typeof value === "boolean";
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isFields = (value: unknown) => isObject(value) && Object.values(value).every(isString);
const orAbsent = (check: (value: unknown) => boolean) => (value: unknown) => value === undefined || check(value);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const toFrameChecks: Record<ToFrame["type"], Checks> = {
  start: { page: isString, fields: isFields, identified: isBoolean, open: isBoolean, logout: isBoolean },
  fields: { fields: isFields },
  token: { token: orAbsent(isString) },
  open: {},
  close: {},
  identify: {},
  logout: {},
};

export const toHostChecks: Record<ToHost["type"], Checks> = {
  ready: {},
  close: {},
  token: {},
  state: {
    unread: isCount,
    keeps: (value) => value === "open" || value === "past" || value === "nothing",
    color: orAbsent(isString),
  },
  conversation: { id: isString },
};

/** The message in `data`, or nothing when it is not one of ours. */
export function parse<T extends ToFrame | ToHost>(data: unknown, checks: Record<T["type"], Checks>): T | undefined {
  if (!isObject(data) || data.chat !== 1 || !isString(data.type)) return undefined;
  const fields = Object.hasOwn(checks, data.type as string) ? checks[data.type as T["type"]] : undefined;
  if (!fields) return undefined;
  for (const name in fields) if (!fields[name]?.(data[name])) return undefined;
  return data as unknown as T;
}

export function post(target: Window, origin: string, message: ToFrame | ToHost): void {
  target.postMessage({ chat: 1, ...message }, origin);
}
