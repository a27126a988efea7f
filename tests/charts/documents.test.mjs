// What documents tell operators of the server's limits is what its sources say.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { charts } from "./helm.mjs";

const read = (file) => readFileSync(join(charts, "..", file), "utf8");
const seconds = (file, name) => `${new RegExp(`${name} = TimeSpan\\.FromSeconds\\((\\d+)\\)`).exec(read(file))[1]} s`;

test("where the limit without progress is told, both are: of a write, and of one behind which frames were dropped", () => {
  const limits = [seconds("src/Chat.Server/Sockets/SocketConnection.cs", "SendPatience"), seconds("src/Chat.Server/Delivery/StallWatch.cs", "Patience")];
  // Of the changes only those to come: the others were true of their version.
  const texts = [read("CHANGELOG.md").split(/^## /m)[1], read("src/decisions/direct-writes.md")];
  const passages = texts.flatMap((text) => text.split(/\n(?:- |\n)/)).filter((passage) => /without\s+progress/.test(passage));
  assert.ok(passages.length > 0);
  for (const passage of passages) {
    assert.deepEqual(limits.filter((limit) => !new RegExp(`(?<!\\d)${limit}\\b`).test(passage)), [], passage);
  }
});
