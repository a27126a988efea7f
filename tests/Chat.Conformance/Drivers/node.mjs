// @gapless-chat/client on Node behind the driver protocol of ../README.md.
import { createInterface } from "node:readline";

const { createOperatorChat, createVisitorChat } = await import("../../../src/web/client/dist/index.js");
const { openFileStorage } = await import("../../../src/web/client/dist/node.js");

let chat;
let storage;
const find = (conversation) => chat.conversations.value.get(chat.aliases?.get(conversation) ?? conversation);
const isOnline = () => chat.connection.value.status === "online";

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
  const { id, epoch, seq, unread, status, online, hasOlder: hasMore, queuePosition: position } = state;
  return { conversation: id, epoch, seq, unread, hasMore, status, typing: state.typing.length > 0, online, position, items };
}

// A change that was refused is not on its way.
function isSettled({ conversation, seq = 0, epoch = 0 }) {
  const state = find(conversation);
  if (!isOnline() || !state?.conversation) return false;
  return state.epoch >= epoch && state.seq >= seq && state.items.every((item) => item.state !== "sending" && (!item.pending || item.error));
}

function when(isSo) {
  return new Promise((resolve) => {
    const ends = [];
    const look = () => {
      if (!isSo()) return;
      for (const end of ends) end();
      resolve();
    };
    const stores = [chat.connection, chat.conversations, chat.listed].filter((store) => store !== undefined);
    ends.push(...stores.map((store) => store.subscribe(look)));
    look();
  });
}

async function until(order) {
  await when(() => isSettled(order));
  return show(order.conversation);
}

/** The answer when it is on the disk. */
async function kept(answer) {
  await storage.flush();
  return answer;
}

function list() {
  const known = [...chat.conversations.value.values()].filter((state) => state.conversation);
  const conversations = known.map(({ id: conversation, status, unread, seq }) => ({ conversation, status, unread, seq }));
  return { conversations, unread: known.reduce((sum, { unread }) => sum + unread, 0) };
}

function state() {
  const { status, reason, transport, retryAt } = chat.connection.value;
  return {
    status,
    reason,
    transport: transport === "poll" ? "rest" : "socket",
    retryInMs: retryAt === undefined ? undefined : retryAt - Date.now(),
  };
}

// Browsers keep the cookie of an operator's session; Node does not.
function keepCookies() {
  const { fetch } = globalThis;
  let cookie;
  globalThis.fetch = async (url, options = {}) => {
    const headers = { ...options.headers, ...(cookie ? { cookie } : {}) };
    const response = await fetch(url, { ...options, headers });
    for (const set of response.headers.getSetCookie()) cookie = set.split(";")[0];
    return response;
  };
}

const both = {
  send: ({ conversation, body, expectedSeq }) =>
    kept(chat.send(conversation, body, expectedSeq === undefined ? {} : { expectedSeq })),
  edit: ({ conversation, seq, body }) => kept(chat.edit(conversation, seq, body)),
  remove: ({ conversation, seq }) => kept(chat.remove(conversation, seq)),
  read: ({ conversation }) => chat.read(conversation),
  type: ({ conversation }) => chat.typing(conversation),
  discard: ({ conversation, key }) => chat.discard(conversation, key),
  until,
  log: ({ conversation }) => show(conversation),
  state,
};

const visitor = {
  ...both,
  async start({ url, inbox, folder, identity }) {
    storage = await openFileStorage(folder);
    chat = createVisitorChat({ url, inbox, storage, identity: async () => identity });
    await chat.start();
  },
  open: ({ body }) => kept(chat.open({ body })),
  identify: ({ token }) => chat.identify(token),
  list,
  async more({ conversation }) {
    await chat.loadOlder(conversation);
    return { hasMore: find(conversation).hasOlder };
  },
  retry: ({ conversation, key }) => chat.retry(conversation, key),
  visible: ({ on }) => chat.visible(on),
  close: async ({ conversation }) => void (await chat.close(conversation)),
  logout: () => chat.logout(),
};

const operator = {
  ...both,
  async start({ url, email, password, folder }) {
    keepCookies();
    storage = await openFileStorage(folder);
    chat = createOperatorChat({ url, storage });
    await chat.signIn({ email, password });
  },
  async watch({ inboxes }) {
    chat.watch(inboxes);
    await when(() => inboxes.every((id) => chat.listed.value.includes(id)));
  },
  rows: () => ({
    rows: [...chat.rows.value.values()]
      .filter((row) => row.status !== "closed")
      .map(({ conversationId, status, seq, visitor, assignee, unread, lastMessage }) => ({
        conversation: conversationId,
        status,
        seq,
        visitor: visitor.name,
        assignee: assignee?.name,
        unread,
        lastText: lastMessage?.text,
      })),
  }),
  async open({ conversation }) {
    chat.open(conversation);
    await when(() => isSettled({ conversation }));
  },
  leave: ({ conversation }) => chat.leave(conversation),
  claim: async ({ conversation }) => void (await chat.claim(conversation)),
  held: ({ conversation }) => ({
    held: (find(conversation)?.items ?? [])
      .filter((item) => item.state === "held")
      .map(({ key, missing }) => ({ key, missing: (missing ?? []).map((event) => event.seq) })),
  }),
  release: ({ conversation, key }) => chat.release(conversation, key),
};

let orders = visitor;

createInterface({ input: process.stdin })
  .on("line", async (line) => {
    const { id, do: name, ...order } = JSON.parse(line);
    if (order.role === "operator") orders = operator;
    let answer;
    try {
      answer = Object.hasOwn(orders, name) ? { id, result: await orders[name](order) } : { id, error: "unknown" };
    } catch (error) {
      answer = { id, error: String(error?.stack ?? error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  })
  .on("close", () => process.exit());
