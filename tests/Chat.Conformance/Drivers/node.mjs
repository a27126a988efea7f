// @chat/client on Node behind the driver protocol of ../README.md.
import { createInterface } from "node:readline";

const { createVisitorChat } = await import("../../../src/web/client/dist/index.js");
const { openFileStorage } = await import("../../../src/web/client/dist/node.js");

let chat;
let storage;
const find = (conversation) => chat.conversations.value.get(chat.aliases.get(conversation) ?? conversation);

function show(conversation) {
  const state = find(conversation);
  if (!state) return undefined;
  const items = state.items.map(({ key, seq, type, body, edited, deleted, state, error }) => ({
    key,
    seq,
    type,
    body,
    edited: edited ?? false,
    deleted: deleted ?? false,
    state,
    error,
  }));
  return { conversation: state.id, epoch: state.epoch, seq: state.seq, unread: state.unread, items };
}

function isSettled({ conversation, seq = 0, epoch = 0 }) {
  const state = find(conversation);
  if (chat.connection.value.status !== "online" || !state?.conversation) return false;
  return state.epoch >= epoch && state.seq >= seq && state.items.every((item) => item.state !== "sending" && !item.pending);
}

function until(order) {
  return new Promise((resolve) => {
    const ends = [];
    const look = () => {
      if (!isSettled(order)) return;
      for (const end of ends) end();
      resolve(show(order.conversation));
    };
    ends.push(chat.connection.subscribe(look), chat.conversations.subscribe(look));
    look();
  });
}

/** The answer when it is on the disk. */
async function kept(answer) {
  await storage.flush();
  return answer;
}

const orders = {
  async start({ url, inbox, folder }) {
    storage = await openFileStorage(folder);
    chat = createVisitorChat({ url, inbox, storage });
    await chat.start();
  },
  open: ({ body }) => kept(chat.open({ body })),
  send: ({ conversation, body }) => kept(chat.send(conversation, body)),
  edit: ({ conversation, seq, body }) => kept(chat.edit(conversation, seq, body)),
  remove: ({ conversation, seq }) => kept(chat.remove(conversation, seq)),
  read: ({ conversation }) => chat.read(conversation),
  until,
  log: ({ conversation }) => show(conversation),
  logout: () => chat.logout(),
};

createInterface({ input: process.stdin })
  .on("line", async (line) => {
    const { id, do: name, ...order } = JSON.parse(line);
    let answer;
    try {
      answer = { id, result: await orders[name](order) };
    } catch (error) {
      answer = { id, error: String(error?.stack ?? error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  })
  .on("close", () => process.exit());
