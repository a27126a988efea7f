import { type MethodName, type Pushes, type PushTarget, pushTargets } from "@gapless-chat/protocol";
import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { ChatError, network } from "./errors.ts";
import type { Link, OnPush, Request, Result } from "./link.ts";

/** Opens a socket; throws a `ChatError` of code `network`, since a browser does not tell why a handshake failed. */
export async function openSocket(url: string, token: string, onPush: OnPush): Promise<Link> {
  const connection = new HubConnectionBuilder()
    .withUrl(url, { skipNegotiation: true, transport: HttpTransportType.WebSockets, accessTokenFactory: () => token })
    .configureLogging(LogLevel.None)
    .build();
  const link = new SocketLink(connection, onPush);
  try {
    await connection.start();
    return link;
  } catch {
    link.close();
    throw new ChatError(network);
  }
}

/** A hub over WebSocket. Connecting again is the caller's: what has to follow is more than SignalR knows. */
class SocketLink implements Link {
  readonly transport = "socket";
  readonly ended: Promise<string | undefined>;
  readonly #connection: HubConnection;

  constructor(connection: HubConnection, onPush: OnPush) {
    this.#connection = connection;
    this.ended = new Promise((resolve) => connection.onclose((error) => resolve(closing(error?.message))));
    for (const target of pushTargets) connection.on(target, (payload: Pushes[PushTarget]) => onPush(target, payload));
  }

  async invoke<M extends MethodName>(method: M, request: Request<M>): Promise<Result<M>> {
    try {
      return await this.#connection.invoke<Result<M>>(method, request);
    } catch (thrown) {
      throw new ChatError(refusalOf(thrown) ?? network);
    }
  }

  close(): void {
    void this.#connection.stop().catch(() => undefined);
  }
}

/**
 * A refusal is the code alone, behind SignalR's sentence or behind the field and the reason, as in `body blank: invalid`. What else goes wrong leaves open
 * whether the call was done: a call that was cut off by a close carries the close's reason, which can be the same word as a code, and a socket that is closing
 * rejects with a bare string.
 */
export function refusalOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? /(?:^|HubException: )(?:\S+ [a-z_]+: )?([a-z_]+)$/.exec(thrown.message)?.[1] : undefined;
}

function closing(message: string | undefined): string | undefined {
  return /on close: .*?([a-z_]+)$/.exec(message ?? "")?.[1];
}
