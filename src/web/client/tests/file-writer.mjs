// Adds and removes items in a folder until it is killed, and says before each what it does and afterwards that it is done: `adding 7`, `added 7`.
import { writeSync } from "node:fs";
import { openFileStorage } from "../dist/node.js";

const [, , folder, last, seed] = process.argv;
let name = Number(last);
let state = Number(seed) >>> 0;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const say = (what, about = "") => writeSync(1, `${what} ${about}\n`);

const storage = await openFileStorage(folder);
say("open");
const kept = await storage.items();

async function add() {
  const clientId = String(++name);
  const body = "x".repeat(random() < 0.2 ? 20_000 : 50);
  say("adding", clientId);
  const item = { clientId, conversationId: "c", method: "Send", request: { body }, at: 0, state: "queued" };
  kept.push({ ...item, order: await storage.add(item) });
  say("added", clientId);
}

async function remove() {
  const [item] = kept.splice(Math.floor(random() * kept.length), 1);
  if (!item) return;
  say("removing", item.clientId);
  await storage.remove(item.order);
  say("removed", item.clientId);
}

for (;;) await Promise.all(Array.from({ length: 1 + Math.floor(random() * 4) }, () => (random() < 0.6 ? add() : remove())));
