import { PageVisitor, visitorParts } from "./page-visitor.ts";
import type { PageChat, VisitorOptions } from "./visitor-api.ts";

export type { PageChat } from "./visitor-api.ts";

/** The visitor's side of a page that is small: a chat without what only apps need, which are woken by pushes. */
export function createPageChat(options: VisitorOptions): PageChat {
  return new PageVisitor(visitorParts(options));
}
