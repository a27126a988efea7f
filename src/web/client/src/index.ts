export { ChatError } from "./errors";
export type * from "./operator-api";
export { createOperatorChat } from "./operator-chat";
export type { Store } from "./store";
export type * from "./types";
export type * from "./visitor-api";
export { createVisitorChat } from "./visitor-chat";
