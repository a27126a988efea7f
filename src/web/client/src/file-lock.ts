import { linkSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const prefix = "lock.";

/**
 * Who uses a folder: `lock.N` with the highest N names a process. It is given up when it is empty or when that process is no more, and then taken by
 * making the next one, which one alone can succeed in. Processes must see each other: those of one machine, or of one container.
 */
export class FileLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Throws where another process, or this one, has it. */
  static take(folder: string): FileLock {
    for (;;) {
      const last = Math.max(0, ...numbers(folder));
      if (last > 0) refuseIfHeld(join(folder, prefix + last));
      const lock = new FileLock(join(folder, prefix + (last + 1)));
      if (!lock.#make(folder)) continue;
      const others = numbers(folder).filter((number) => number !== last + 1);
      // Whoever was slow may have made one that others have gone past.
      const isPassed = others.some((number) => number > last);
      for (const number of isPassed ? [last + 1] : others) rmSync(join(folder, prefix + number), { force: true });
      if (!isPassed) return lock;
    }
  }

  // The file stays, as the highest: without it two could begin at the same number.
  release(): void {
    truncateSync(this.#path);
  }

  // Linked when it is written, so that nobody finds it half made.
  #make(folder: string): boolean {
    const draft = join(folder, `${prefix}draft.${process.pid}`);
    try {
      writeFileSync(draft, identity(process.pid) ?? "", { mode: 0o600 });
      linkSync(draft, this.#path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      return false;
    } finally {
      rmSync(draft, { force: true });
    }
  }
}

function numbers(folder: string): number[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix));
  return names.map((name) => Number(name.slice(prefix.length))).filter(Number.isInteger);
}

function refuseIfHeld(path: string): void {
  let owner = "";
  try {
    owner = readFileSync(path, "utf8");
  } catch {
    // Somebody has just made the next one; making it once more fails.
  }
  const pid = Number.parseInt(owner, 10);
  if (pid > 0 && identity(pid) === owner) throw new Error(`Process ${pid} uses this folder: ${path}`);
}

/** Tells a process from a later one of the same number, where the system says when it began. Nothing for one that is no more. */
function identity(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return undefined;
  }
  try {
    // Behind the name, which may have any characters, the 20th.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ");
    return `${pid} ${fields?.[19]}`;
  } catch {
    return String(pid);
  }
}
