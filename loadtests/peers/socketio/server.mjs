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

const insert = { name: "insert", text: "INSERT INTO message (conversation_id, client_id, body) VALUES ($1, $2, $3) RETURNING id, at" };

io.on("connection", (socket) => {
  socket.on("join", async (conversations, answer) => {
    await socket.join(conversations);
    answer({ status: "ok" });
  });
  socket.on("send", async ({ conversationId, clientId, body }, answer) => {
    const { rows } = await pool.query({ ...insert, values: [conversationId, clientId, body] });
    const event = { conversationId, id: rows[0].id, actor: socket.data.user, at: rows[0].at, clientId, body };
    socket.to(conversationId).emit("event", event);
    answer({ status: "ok", event });
  });
  socket.on("typing", ({ conversationId }) => socket.to(conversationId).volatile.emit("ephemeral", { conversationId, type: "typing" }));
});

http.listen(Number(PORT), "127.0.0.1", () => console.log("listening"));
