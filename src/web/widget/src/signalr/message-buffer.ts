/** Stands in for what SignalR keeps to send again after its own reconnect, which is never asked for: the outbox of @gapless-chat/client does it exactly. */
export class MessageBuffer {
  constructor() {
    throw new Error("Stateful reconnect is not in this bundle.");
  }
}
