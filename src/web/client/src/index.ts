export { ChatError } from "./errors.ts";
export type * from "./operator-api.ts";
export { createOperatorChat } from "./operator-chat.ts";
export type { ClientStorage } from "./storage.ts";
export type { Store } from "./store.ts";
export type * from "./types.ts";
export type * from "./visitor-api.ts";
export { createVisitorChat } from "./visitor-chat.ts";
