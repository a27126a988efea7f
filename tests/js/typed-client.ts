// A client of openapi-typescript and openapi-fetch, as others make it of openapi.json. Run against a node by CHAT_URL and CHAT_INBOX.
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/api";

declare const process: { env: Record<string, string | undefined>; exitCode?: number };

const baseUrl = process.env.CHAT_URL ?? "";
const inbox = process.env.CHAT_INBOX ?? "";

function assert(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

const anybody = createClient<paths>({ baseUrl });

const session = await anybody.POST("/api/v1/visitor/session", { body: { inbox, deviceId: crypto.randomUUID() } });
assert(session.data !== undefined, JSON.stringify(session.error));

const visitor = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${session.data.token}` } });
const opened = await visitor.POST("/api/v1/conversations", { body: { clientId: crypto.randomUUID(), topic: "Delivery" } });
assert(opened.data !== undefined, JSON.stringify(opened.error));

const conversationId = opened.data.page.conversation.id;
const path = { id: conversationId };
const sent = await visitor.POST("/api/v1/conversations/{id}/events", {
  params: { path },
  body: { conversationId, clientId: crypto.randomUUID(), body: "Where is my parcel?" },
});
assert(sent.data?.status === "ok", JSON.stringify(sent.error));

const page = await visitor.GET("/api/v1/conversations/{id}/events", { params: { path, query: { after: 1 } } });
assert(page.data?.events.at(-1)?.data?.body === "Where is my parcel?", JSON.stringify(page));

const refused = await visitor.POST("/api/v1/conversations/{id}/events", {
  params: { path },
  body: { conversationId, clientId: crypto.randomUUID(), body: " " },
});
const error = refused.error?.errors?.[0];
assert(error?.field === "body" && error.reason === "blank", JSON.stringify(refused.error));

// Words are open: one of a later version is a string like the others.
const later: components["schemas"]["EventType"] = "hologram";
assert(later.length > 0, later);
