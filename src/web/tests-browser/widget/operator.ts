import { randomUUID } from "node:crypto";
import type { ConversationList, OperatorSession } from "@gapless-chat/protocol";
import { expect } from "@playwright/test";
import type { Scene } from "../scene.ts";

/** An operator without a screen: what he does goes over REST. */
export class Operator {
  private constructor(
    private readonly scene: Scene,
    private readonly token: string,
  ) {}

  /** The admin of the embedded default, past the first sign-in. */
  static async admin(scene: Scene): Promise<Operator> {
    const { admin } = scene.at;
    if (!admin) throw new Error("Only the embedded default has an admin.");
    const newPassword = `${admin.password}-changed`;
    const first = await session(scene, { ...admin, newPassword });
    const signedIn = first ?? (await session(scene, { email: admin.email, password: newPassword }));
    if (!signedIn) throw new Error("The admin cannot sign in.");
    return new Operator(scene, signedIn.token);
  }

  /** Waits for a conversation whose last message is `text`, and gives its id. */
  async find(text: string): Promise<string> {
    let id: string | undefined;
    await expect(async () => {
      const { rows } = await this.call<ConversationList>("GET", "conversations?limit=100");
      id = rows.find(({ row }) => row.lastMessage?.text === text)?.row.conversationId;
      expect(id).toBeDefined();
    }).toPass({ timeout: 60_000 });
    return id as string;
  }

  claim = (id: string) => this.change(id, "claim", {});
  send = (id: string, body: string) => this.change(id, "events", { body });
  close = (id: string) => this.change(id, "status", { status: "closed" });
  typing = (id: string) => this.call("POST", `conversations/${id}/typing`, { conversationId: id });
  read = (id: string, seq: number) => this.call("POST", `conversations/${id}/read`, { conversationId: id, seq });

  private change(id: string, what: string, data: object): Promise<unknown> {
    return this.call("POST", `conversations/${id}/${what}`, { conversationId: id, clientId: randomUUID(), ...data });
  }

  async call<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(this.scene.url(`/api/v1/${path}`), {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }
}

async function session(scene: Scene, body: object): Promise<OperatorSession | undefined> {
  const answer = await fetch(scene.url("/api/v1/operator/session"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return answer.ok ? ((await answer.json()) as OperatorSession) : undefined;
}
