import type { HubMethods, MethodName, Pushes, PushTarget } from "@gapless-chat/protocol";

export type Request<M extends MethodName> = HubMethods[M]["request"];
export type Result<M extends MethodName> = HubMethods[M]["result"];

export type OnPush = <T extends PushTarget>(target: T, payload: Pushes[T]) => void;

/** One connection to the server, until it ends: a socket, or REST in its place. */
export interface Link {
  readonly transport: "socket" | "poll";
  /** Throws a `ChatError`; `network` when the link ended first. */
  invoke<M extends MethodName>(method: M, request: Request<M>): Promise<Result<M>>;
  /** Resolves when the link has ended, with the server's reason where it gave one. */
  readonly ended: Promise<string | undefined>;
  close(): void;
}
