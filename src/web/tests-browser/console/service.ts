import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { setTimeout } from "node:timers/promises";

const web = join(import.meta.dirname, "../..");
const dll = process.env.CHAT_SERVER_DLL ?? join(web, "../Chat.Server/bin/Debug/net10.0/Chat.Server.dll");
const dist = join(web, "dist");
const startMs = 60_000;

const csp =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https: data:; font-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

export interface Service {
  url: string;
  /** The server itself, past the front. */
  direct: string;
  email: string;
  password: string;
  /** Cuts all sockets through the front and refuses new ones until told otherwise. */
  cut(isCut: boolean): void;
  stop(): Promise<void>;
}

/** The embedded server, and before it a front that serves the built console with its policy. */
export async function startService(port: number, settings: Record<string, string> = {}): Promise<Service> {
  const data = mkdtempSync(join(tmpdir(), "chat-console-"));
  const node = spawn("dotnet", [dll], {
    env: {
      ...process.env,
      Http__Port: String(port + 1),
      Http__ManagementPort: String(port + 2),
      Storage__DataFolder: data,
      // Every test signs in anew, from one address.
      Identity__PasswordsPerMinute: "0",
      Identity__OperatorSessionsPerMinute: "0",
      ...settings,
    },
  });
  const password = await passwordOf(node);
  await ready(`http://localhost:${port + 2}/readyz`);
  const front = new Front(port + 1);
  await front.listen(port);
  return {
    url: `http://localhost:${port}`,
    direct: `http://localhost:${port + 1}`,
    email: "admin@localhost",
    password,
    cut: (isCut) => front.cut(isCut),
    stop: async () => {
      front.close();
      const ended = new Promise((resolve) => node.once("exit", resolve));
      node.kill("SIGTERM");
      const timer = globalThis.setTimeout(() => node.kill("SIGKILL"), 15_000);
      await ended;
      clearTimeout(timer);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

async function ready(url: string): Promise<void> {
  const until = Date.now() + startMs;
  while (Date.now() < until) {
    if (
      await fetch(url).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return;
    await setTimeout(50);
  }
  throw new Error("The server did not become ready.");
}

function passwordOf(node: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const timer = globalThis.setTimeout(() => reject(new Error(`The server did not start:\n${said}`)), startMs);
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      const password = /Password\s+(\S+)/.exec(said)?.[1];
      if (password) {
        clearTimeout(timer);
        resolve(password);
      }
    };
    node.stdout?.on("data", listen);
    node.stderr?.on("data", listen);
    node.once("exit", (code) => reject(new Error(`The server ended with ${code}:\n${said}`)));
  });
}

class Front {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  constructor(private readonly target: number) {
    this.server = createServer((incoming, outgoing) => this.answer(incoming, outgoing));
    this.server.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Buffer) => this.upgrade(incoming, socket, head));
    this.server.on("connection", (socket: Socket) => this.keep(socket));
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.server.listen(port, "localhost", resolve));
  }

  cut(isCut: boolean): void {
    this.isCut = isCut;
    if (isCut) for (const socket of this.sockets) socket.destroy();
  }

  close(): void {
    this.cut(true);
    this.server.close();
  }

  private keep(socket: Socket): void {
    if (this.isCut) {
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    socket.once("close", () => this.sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  }

  private answer(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const path = new URL(incoming.url ?? "/", "http://localhost").pathname;
    if (path.startsWith("/console")) sendFile(outgoing, "console.html");
    else if (path.startsWith("/assets/console/")) sendFile(outgoing, normalize(path).slice(1));
    else this.pass(incoming, outgoing);
  }

  private pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const onward = request(
      { host: "localhost", port: this.target, path: incoming.url, method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  }

  private upgrade(incoming: IncomingMessage, socket: Socket, head: Buffer): void {
    const onward = connect(this.target, "localhost", () => {
      const headers = incoming.rawHeaders.map((text, index) => (index % 2 === 0 ? `\r\n${text}: ` : text)).join("");
      onward.write(`${incoming.method} ${incoming.url} HTTP/1.1${headers}\r\n\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("close", () => onward.destroy());
  }
}

function sendFile(outgoing: ServerResponse, name: string): void {
  const file = join(dist, name);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    outgoing.writeHead(404).end();
    return;
  }
  const isPage = name.endsWith(".html");
  outgoing.writeHead(200, {
    "Content-Type": types[extname(name)] ?? "application/octet-stream",
    ...(isPage ? { "Content-Security-Policy": csp } : {}),
  });
  outgoing.end(readFileSync(file));
}
