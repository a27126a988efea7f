import type { MethodName } from "@gapless-chat/protocol";
import type { Request } from "./link.ts";
import { queryOf } from "./query.ts";
import type { Verb } from "./rest.ts";

export interface Route {
  verb: Verb;
  path: string;
  body?: unknown;
}

type Named = { conversationId: string };

function below(part: string, verb: Verb = "POST") {
  return (request: Named): Route => ({ verb, path: `/conversations/${request.conversationId}/${part}`, body: request });
}

function query(values: object): string {
  const pairs = Object.entries(values).filter(([name, value]) => name !== "conversationId" && value !== undefined);
  return queryOf(pairs);
}

/** The REST call that stands for a method; methods that are nothing without a socket have none. */
export const routes: { [M in MethodName]?: (request: Request<M>) => Route } = {
  Sync: (body) => ({ verb: "POST", path: "/sync", body }),
  Send: below("events"),
  Note: ({ conversationId, ...note }) => ({
    verb: "POST",
    path: `/conversations/${conversationId}/events`,
    body: { conversationId, ...note, kind: "note" },
  }),
  Edit: below("edits"),
  Delete: below("deletions"),
  Read: below("read"),
  Delivered: below("delivered"),
  Typing: below("typing"),
  Viewing: below("viewing"),
  History: (request) => ({ verb: "GET", path: `/conversations/${request.conversationId}/events${query(request)}` }),
  Open: (request) => ({ verb: "GET", path: `/conversations/${request.conversationId}${query(request)}` }),
  OpenConversation: (body) => ({ verb: "POST", path: "/conversations", body }),
  Rate: below("rating"),
  Close: below("close"),
  Claim: below("claim"),
  Assign: below("assignment"),
  Transfer: below("transfer"),
  SetStatus: below("status"),
  Tag: below("tags"),
  SetAvailability: (body) => ({ verb: "PUT", path: "/me/availability", body }),
};
