// A durable chat as Socket.IO's own guides build it: rooms, the Redis adapter, an INSERT before the acknowledgement.
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import jwt from "jsonwebtoken";
import pg from "pg";
import { createClient } from "redis";
import { Server } from "socket.io";

const { PORT, POSTGRES, REDIS, SECRET } = process.env;

// Ten connections: more make it slower on two cores. Named statements are prepared once for each connection.
const pool = new pg.Pool({ connectionString: POSTGRES, max: 10 });
// Numbers of rows are far from where a double ends.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
const publisher = createClient({ url: `redis://${REDIS}` });
const subscriber = publisher.duplicate();
await Promise.all([publisher.connect(), subscriber.connect()]);

const http = createServer((_, response) => response.end("ready"));
// WebSocket only and no compression, as all systems here.
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, adapter: createAdapter(publisher, subscriber) });

io.use((socket, next) => {
  try {
    socket.data.user = jwt.verify(socket.handshake.auth.token, SECRET).sub;
    next();
  } catch {
    next(new Error("unauthenticated"));
  }
});

const columns = "conversation_id AS \"conversationId\", id, at, client_id AS \"clientId\", body";
// A repeated send stores nothing where client_id is unique.
const insert = {
  name: "insert",
  text: `INSERT INTO message (conversation_id, client_id, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id, at`,
};
const repeated = { name: "repeated", text: "SELECT id, at FROM message WHERE client_id = $1" };
const missed = { name: "missed", text: `SELECT ${columns} FROM message WHERE conversation_id = ANY($1) AND id > $2 ORDER BY id` };
const page = {
  name: "page",
  text: `SELECT ${columns} FROM message WHERE conversation_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`,
};

async function send(socket, { conversationId, clientId, body }, answer) {
  const { rows } = await pool.query({ ...insert, values: [conversationId, clientId, body] });
  const isNew = rows.length > 0;
  const [{ id, at }] = isNew ? rows : (await pool.query({ ...repeated, values: [clientId] })).rows;
  const event = { conversationId, id, actor: socket.data.user, at, clientId, body };
  if (isNew) socket.to(conversationId).emit("event", event);
  answer({ status: "ok", event });
}

io.on("connection", (socket) => {
  socket.on("join", async ({ conversations, after }, answer) => {
    await socket.join(conversations);
    const { rows } = after === null ? { rows: [] } : await pool.query({ ...missed, values: [conversations, after] });
    answer({ status: "ok", events: rows });
  });
  // One after the other: over a pool, messages that were sent without waiting would change places.
  let turn = Promise.resolve();
  socket.on("send", (message, answer) => {
    turn = turn.then(() => send(socket, message, answer));
  });
  socket.on("history", async ({ conversationId, before, limit }, answer) => {
    const { rows } = await pool.query({ ...page, values: [conversationId, before, limit] });
    answer({ status: "ok", events: rows.reverse() });
  });
  socket.on("typing", ({ conversationId }) => socket.to(conversationId).volatile.emit("ephemeral", { conversationId, type: "typing" }));
});

process.once("SIGTERM", () => io.close(() => process.exit(0)));

http.listen(Number(PORT), "127.0.0.1", () => console.log("listening"));
