import { HubConnection, type ILogger, NullLogger } from "@microsoft/signalr";
import { JsonProtocol } from "./json-protocol";
import { SocketConnection } from "./socket-connection";

type Options = ConstructorParameters<typeof SocketConnection>[1];

// Public in JavaScript, for the builder that this one stands in for; the types leave it out.
const { create } = HubConnection as unknown as {
  create(connection: SocketConnection, logger: ILogger, protocol: JsonProtocol): HubConnection;
};

/** Stands in for SignalR's builder in the widget's bundle, with the calls that @gapless-chat/client makes. */
export class HubConnectionBuilder {
  #connection: SocketConnection | undefined;

  withUrl(url: string, options: Options): this {
    this.#connection = new SocketConnection(url, options);
    return this;
  }

  configureLogging(): this {
    return this;
  }

  build(): HubConnection {
    if (!this.#connection) throw new Error("withUrl comes first.");
    return create.call(HubConnection, this.#connection, NullLogger.instance, new JsonProtocol());
  }
}
