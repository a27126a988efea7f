// What SignalR needs of a connection, over WebSocket without negotiation. Its own has other transports,
// which with their clients of HTTP would be a fifth of what a visitor loads. Where WebSocket is impossible @gapless-chat/client polls by itself.

interface Options {
  readonly accessTokenFactory: () => string | Promise<string>;
}

export class SocketConnection {
  readonly features = {};
  onreceive: ((data: string) => void) | null = null;
  onclose: ((error?: Error) => void) | null = null;
  #socket: WebSocket | undefined;
  #fail: (error: Error | undefined) => void = () => {};

  constructor(
    public baseUrl: string,
    private readonly options: Options,
  ) {}

  async start(): Promise<void> {
    const url = new URL(this.baseUrl);
    url.protocol = url.protocol.replace("http", "ws");
    url.searchParams.set("access_token", await this.options.accessTokenFactory());
    const socket = new WebSocket(url);
    this.#socket = socket;
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onmessage = ({ data }) => this.#receive(data);
      socket.onclose = ({ code }) => this.#end(code === 1000 ? undefined : new Error(`WebSocket closed: ${code}`));
      this.#fail = reject;
    });
  }

  async send(data: string): Promise<void> {
    if (this.#socket?.readyState !== WebSocket.OPEN) throw new Error("WebSocket is not open");
    this.#socket.send(data);
  }

  async stop(error?: Error): Promise<void> {
    this.#end(error);
  }

  #receive(data: string): void {
    try {
      this.onreceive?.(data);
    } catch (error) {
      this.#end(error as Error);
    }
  }

  /** Once for each socket, without waiting for the other side to agree: it may be gone. */
  #end(error: Error | undefined): void {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = undefined;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.#fail(error);
    this.onclose?.(error);
  }
}
