import { type FileHandle, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { FileLock } from "./file-lock.ts";
import type { Change, Held, Keeper } from "./kept-storage.ts";

const fileMode = 0o600;
const folderMode = 0o700;
// Below this a journal is not worth writing anew.
const smallBytes = 64 * 1024;

/**
 * A file of changes, one a line behind its checksum. Only its end can be torn, by a crash while it grew: reading stops there. When more of it is past
 * than state, and at the first change after a start, the state is written to another file that takes its place.
 */
export class FileJournal implements Keeper {
  readonly #folder: string;
  readonly #path: string;
  readonly #nextPath: string;
  #lock: FileLock | undefined;
  #file: FileHandle | undefined;
  #bytes = 0;
  #stateBytes = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, "journal");
    this.#nextPath = join(folder, "journal.next");
  }

  /** Throws where another process has the folder. */
  async load(): Promise<Held> {
    await mkdir(this.#folder, { recursive: true, mode: folderMode });
    this.#lock = FileLock.take(this.#folder);
    try {
      await rm(this.#nextPath, { force: true });
      return stateOf(await readFile(this.#path).catch(nothing));
    } catch (error) {
      this.#lock.release();
      throw error;
    }
  }

  async keep(changes: readonly Change[], held: Held): Promise<void> {
    if (!this.#file || this.#bytes > Math.max(smallBytes, 2 * this.#stateBytes)) return this.keepAll(held);
    const lines = textOf(changes);
    try {
      await this.#file.appendFile(lines);
      // What was settled and is back after a power cut is sent again, and known to the server.
      if (changes.some(([, value]) => value !== undefined)) await this.#file.datasync();
    } catch (error) {
      // Nothing may follow what is perhaps half a line.
      await this.#end();
      throw error;
    }
    this.#bytes += lines.length;
  }

  async keepAll(held: Held): Promise<void> {
    await this.#end();
    const lines = textOf(held);
    const file = await open(this.#nextPath, "w", fileMode);
    try {
      await file.writeFile(lines);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(this.#nextPath, this.#path);
    await this.#syncFolder();
    this.#file = await open(this.#path, "a", fileMode);
    this.#bytes = this.#stateBytes = lines.length;
  }

  async wipe(): Promise<void> {
    await this.#end();
    for (const path of [this.#path, this.#nextPath]) await rm(path, { force: true });
    await this.#syncFolder();
  }

  async close(): Promise<void> {
    await this.#end();
    this.#lock?.release();
  }

  async #end(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  // A name is durable with its folder; Windows has no way to ask for that.
  async #syncFolder(): Promise<void> {
    if (process.platform === "win32") return;
    const folder = await open(this.#folder);
    await folder.sync().finally(() => folder.close());
  }
}

function textOf(changes: Iterable<Change>): Buffer {
  const lines = [...changes].map(([name, value]) => JSON.stringify(value === undefined ? [name] : [name, value]));
  return Buffer.from(lines.map((line) => `${checksum(line)} ${line}\n`).join(""));
}

function stateOf(bytes: Buffer): Held {
  const held = new Map<string, unknown>();
  for (let start = 0, end = 0; ; start = end + 1) {
    end = bytes.indexOf("\n", start);
    const line = bytes.toString("utf8", start, Math.max(start, end));
    const text = line.slice(9);
    if (end < 0 || line !== `${checksum(text)} ${text}`) return held;
    const [name, value] = JSON.parse(text) as [string, unknown?];
    if (value === undefined) held.delete(name);
    else held.set(name, value);
  }
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}

function nothing(error: NodeJS.ErrnoException): Buffer {
  if (error.code === "ENOENT") return Buffer.alloc(0);
  throw error;
}
