import { chat } from "./chat";

type Method = Parameters<typeof chat.rest>[0];

/** A REST call; `path` is below `/api/v1`. */
export function api<T = void>(method: Method, path: string, body?: unknown): Promise<T> {
  return chat.rest<T>(method, path, body);
}
