import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openFileStorage } from "../src/node";
import { chance } from "./simulated-server";
import { item } from "./storage-kinds";

const writer = fileURLToPath(new URL("file-writer.mjs", import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chat-file-"));
});

afterEach(() => rm(folder, { recursive: true }));

async function bodies(): Promise<string[]> {
  const storage = await openFileStorage(folder);
  const items = await storage.items();
  await storage.close();
  return items.map(({ clientId }) => clientId);
}

test("whatever byte the journal ends at, what is before it is read, and what follows is kept", async () => {
  const storage = await openFileStorage(folder);
  const journal = join(folder, "journal");
  const lengths: number[] = [];
  for (const name of ["one", "zwei 🌲", "three"]) {
    await storage.add(item(name));
    lengths.push((await stat(journal)).size);
  }
  await storage.close();
  const whole = await readFile(journal);

  for (let length = 0; length <= whole.length; length += 3) {
    await writeFile(journal, whole.subarray(0, length));
    const next = await openFileStorage(folder);
    await next.add(item("next"));
    await next.close();
    expect(await bodies()).toEqual([
      ...["one", "zwei 🌲", "three"].slice(0, lengths.filter((end) => end <= length).length),
      "next",
    ]);
  }
});

test("what is damaged is not taken for something else", async () => {
  const storage = await openFileStorage(folder);
  for (const name of ["one", "two"]) await storage.add(item(name));
  await storage.close();
  const journal = join(folder, "journal");
  await writeFile(journal, (await readFile(journal, "utf8")).replace("two", "twi"));

  expect(await bodies()).toEqual(["one"]);
});

test("nobody else can look into it", async () => {
  const inner = join(folder, "made", "for it");
  const storage = await openFileStorage(inner);
  await storage.add(item("one"));

  expect((await stat(inner)).mode & 0o777).toBe(0o700);
  for (const name of await readdir(inner)) expect([name, (await stat(join(inner, name))).mode & 0o777]).toEqual([name, 0o600]);
  await storage.close();
});

test("a folder has one user at a time", async () => {
  const storage = await openFileStorage(folder);
  await expect(openFileStorage(folder)).rejects.toThrow(`Process ${process.pid} uses this folder`);
  await storage.close();
  await (await openFileStorage(folder)).close();
});

test.each(["999999999 1", `${process.pid} 1`])("the lock of a process that is no more, %s, is taken over", async (owner) => {
  await writeFile(join(folder, "lock.7"), owner);
  await (await openFileStorage(folder)).close();

  expect((await readdir(folder)).filter((name) => name.startsWith("lock"))).toEqual(["lock.8"]);
});

test("of several processes that begin at once one has it", async () => {
  await writeFile(join(folder, "lock.7"), "999999999 1");
  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, [writer, folder, "0", "1"], { stdio: ["ignore", "pipe", "ignore"] }),
  );
  const opened = await Promise.all(
    children.map((child) => Promise.race([once(child.stdout, "data").then(() => true), once(child, "exit").then(() => false)])),
  );
  const ended = Promise.all(children.map((child) => child.exitCode ?? once(child, "exit")));
  for (const child of children) child.kill("SIGKILL");
  await ended;

  expect(opened.filter(Boolean)).toHaveLength(1);
});

test("a journal that grows is written anew, and small again", async () => {
  const storage = await openFileStorage(folder);
  const long = "x".repeat(4000);
  for (let i = 0; i < 60; i++) await storage.remove(await storage.add({ ...item(String(i)), request: { body: long } }));
  await storage.add(item("last"));

  expect((await stat(join(folder, "journal"))).size).toBeLessThan(100_000);
  await storage.close();
  expect(await bodies()).toEqual(["last"]);
});

test("killed at any moment, it keeps all that was promised, once and in order", async () => {
  const seed = Date.now() % 1_000_000;
  console.info(`seed ${seed}`);
  const random = chance(seed);
  const promised = new Set<string>();
  const uncertain = new Set<string>();
  let last = 0;
  // A slow machine writes less in a round.
  for (let round = 0; round < 20 || last <= 100; round++) {
    const child = spawn(process.execPath, [writer, folder, String(last), String(seed + round)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "close");
    for await (const line of createInterface({ input: child.stdout })) {
      const [what = "", name = ""] = line.split(" ");
      if (what === "open") setTimeout(() => child.kill("SIGKILL"), random() * 40);
      if (what === "adding") last = Number(name);
      if (what === "adding" || what === "removing") uncertain.add(name);
      if (what !== "open" && !what.endsWith("ing")) uncertain.delete(name);
      if (what === "added") promised.add(name);
      if (what === "removing") promised.delete(name);
    }
    await ended;

    const found = await bodies();
    expect(found.filter((name) => !promised.has(name) && !uncertain.has(name))).toEqual([]);
    expect([...promised].filter((name) => !found.includes(name))).toEqual([]);
    expect(found).toEqual([...new Set(found)].sort((a, b) => Number(a) - Number(b)));
    // What is found is there for good.
    for (const name of uncertain) if (found.includes(name)) promised.add(name);
    uncertain.clear();
  }
}, 60_000);

test("a value that was taken back cannot be read in the file, and the rest can", async () => {
  const storage = await openFileStorage(folder);
  await storage.write("device", "kept");
  await storage.write("farewells", ["a secret"]);
  await storage.add(item("one"));
  expect(await readFile(join(folder, "journal"), "utf8")).toContain("a secret");

  await storage.write("farewells", undefined);

  expect(await readFile(join(folder, "journal"), "utf8")).not.toContain("a secret");
  expect(await storage.read("device")).toBe("kept");
  await storage.close();
  expect(await bodies()).toEqual(["one"]);
});
