import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../../Chat.Server/bin/Release/net10.0/Chat.Server.dll", import.meta.url));

/** A server of its own with an empty database, which can be killed and started again. */
export class ServerProcess {
  readonly url: string;
  password = "";
  #process: ChildProcess | undefined;
  #output = "";

  private constructor(
    readonly port: number,
    readonly managementPort: number,
    readonly folder: string,
    private readonly settings: Readonly<Record<string, string>>,
  ) {
    this.url = `http://localhost:${port}`;
  }

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const folder = await mkdtemp(join(tmpdir(), "chat-client-"));
    const server = new ServerProcess(await freePort(), await freePort(), folder, settings);
    await server.start();
    // It may answer before what it printed has come.
    while (server.password === "") {
      await new Promise((resolve) => setTimeout(resolve, 10));
      server.password = /Password\s+(\S+)\s/.exec(server.#output)?.[1] ?? "";
    }
    return server;
  }

  async start(): Promise<void> {
    const settings = {
      ...this.settings,
      Http__Port: String(this.port),
      Http__ManagementPort: String(this.managementPort),
      Storage__DataFolder: this.folder,
    };
    const child = spawn("dotnet", [program], { env: { ...process.env, ...settings }, cwd: this.folder });
    this.#process = child;
    const hear = (text: Buffer) => {
      this.#output += text;
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    while (!(await answers(`${this.url}/api/v1/widget`))) {
      if (child.exitCode !== null) throw new Error(`The server ended:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** As a power cut does it. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    this.#output = "";
  }

  async end(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Whether somebody listens, whatever he says. */
async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("A port is wanted.");
  return address.port;
}
