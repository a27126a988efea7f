export { ChatError } from "./errors";
export type * from "./operator-api";
export type { Store } from "./store";
export type * from "./types";
export type * from "./visitor-api";
