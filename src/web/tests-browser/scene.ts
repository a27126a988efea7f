import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { test as base } from "@playwright/test";

/** A row of what is stored, as tests/Chat.Scene reads it past the server. */
export interface StoredEvent {
  seq: number;
  type: string;
  audience: string;
  clientId?: string;
  actorId?: string;
  targetSeq?: number;
  editedSeq?: number;
  deletedSeq?: number;
  body?: string;
}

export interface Account {
  email: string;
  password: string;
}

interface Description {
  /** Addresses that browsers use; behind each is a node. */
  doors: string[];
  /** The nodes themselves, past the doors. */
  nodes: string[];
  inbox: string;
  /** Of the embedded default: its password is still the printed one. */
  admin?: Account;
}

/** `oidc`: the embedded default with an identity provider beside it. */
type Kind = "embedded" | "oidc" | "cluster";

/** Real servers for one worker's tests, driven over the lines of `tests/Chat.Scene`. */
export class Scene {
  private constructor(
    private readonly process: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    readonly at: Description,
  ) {}

  static async start(kind: Kind): Promise<Scene> {
    const program = resolve(import.meta.dirname, "../../../tests/Chat.Scene/bin/Release/net10.0/Chat.Scene.dll");
    if (!existsSync(program)) throw new Error("tests/Chat.Scene is not built: dotnet build tests/Chat.Scene -c Release");
    const child = spawn("dotnet", [program, kind], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, Web__Folder: resolve(import.meta.dirname, "../dist") },
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return new Scene(child, lines, JSON.parse(await Scene.line(lines)));
  }

  /** Where a browser finds a page of the service. */
  url(path = "/", door = 0): string {
    return new URL(path, this.at.doors[door]).href;
  }

  /** Adds an operator who has signed in before; the cluster only. */
  operator(name: string, role: "operator" | "supervisor" | "admin" = "operator"): Promise<Account> {
    return this.tell({ do: "operator", name, role });
  }

  log(conversation: string): Promise<StoredEvent[]> {
    return this.tell({ do: "log", conversation });
  }

  /** See Order in tests/Chat.Scene. */
  async order(
    what: "kill" | "terminate" | "restart" | "route" | "refuse" | "accept" | "cut" | "providerGone",
    on: { node?: number; door?: number } = {},
  ) {
    await this.tell({ do: what, ...on });
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.process.once("exit", done));
    this.process.stdin?.end();
    await ended;
  }

  private async tell<T>(order: object): Promise<T> {
    this.process.stdin?.write(`${JSON.stringify(order)}\n`);
    const answer = JSON.parse(await Scene.line(this.lines));
    if (answer.error) throw new Error(answer.error);
    return answer;
  }

  private static async line(lines: AsyncIterator<string>): Promise<string> {
    const { value, done } = await lines.next();
    if (done) throw new Error("The scene ended; see above.");
    return value;
  }
}

/** `scene` is shared by the tests of a worker; `test.use({ kind: "cluster" })` takes two nodes. */
export const test = base.extend<object, { kind: Kind; scene: Scene }>({
  kind: ["embedded", { option: true, scope: "worker" }],
  scene: [
    async ({ kind }, use) => {
      const scene = await Scene.start(kind);
      await use(scene);
      await scene.stop();
    },
    { scope: "worker", timeout: 180_000 },
  ],
});

export { expect } from "@playwright/test";
