import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";

interface Event {
  seq: number;
}

/** Calls REST as somebody; waits as long as it is told to when it is too fast, throws what was refused. */
async function call<T>(url: string, method: string, path: string, body?: unknown, token?: string): Promise<T> {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (answer.status === 429) {
    await setTimeout(Number(answer.headers.get("Retry-After") ?? 1) * 1000);
    return call(url, method, path, body, token);
  }
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  const text = await answer.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

/** An operator without a browser. */
export class Operator {
  private constructor(
    private readonly url: string,
    private readonly token: string,
    readonly id: string,
  ) {}

  static async signIn(url: string, email: string, password: string, newPassword?: string): Promise<Operator> {
    const session = await call<{ token: string; operator: { id: string }; mustChangePassword: boolean }>(
      url,
      "POST",
      "/operator/session",
      { email, password },
    );
    if (session.mustChangePassword) {
      const again = await call<{ token: string; operator: { id: string } }>(url, "POST", "/operator/session", {
        email,
        password,
        newPassword,
      });
      return new Operator(url, again.token, again.operator.id);
    }
    return new Operator(url, session.token, session.operator.id);
  }

  rest<T = void>(method: string, path: string, body?: unknown): Promise<T> {
    return call<T>(this.url, method, path, body, this.token);
  }

  claim(id: string): Promise<void> {
    return this.rest("POST", `/conversations/${id}/claim`, { conversationId: id, clientId: randomUUID() });
  }

  say(id: string, body: string, kind: "message" | "note" = "message", replyTo?: number): Promise<{ event: Event }> {
    return this.rest("POST", `/conversations/${id}/events`, {
      conversationId: id,
      clientId: randomUUID(),
      body,
      kind,
      ...(replyTo ? { replyTo } : {}),
    });
  }

  status(id: string, status: string, snoozeUntil?: string): Promise<void> {
    return this.rest("POST", `/conversations/${id}/status`, {
      conversationId: id,
      clientId: randomUUID(),
      status,
      ...(snoozeUntil ? { snoozeUntil } : {}),
    });
  }

  tag(id: string, ...add: string[]): Promise<void> {
    return this.rest("POST", `/conversations/${id}/tags`, { conversationId: id, clientId: randomUUID(), add });
  }

  /** A colleague in the same inboxes, past his first sign-in. */
  async colleague(
    name: string,
    role: string,
    inboxes: readonly string[],
    password = "a good long password",
  ): Promise<{ operator: Operator; email: string; password: string }> {
    const email = `${randomUUID().slice(0, 8)}@shop.example`;
    const added = await this.rest<{ password: string }>("POST", "/admin/operators", { email, name, role, inboxes });
    return { operator: await Operator.signIn(this.url, email, added.password, password), email, password };
  }
}

/** A visitor without a browser. */
export class Visitor {
  private constructor(
    private readonly url: string,
    readonly token: string,
    readonly id: string,
  ) {}

  static async come(url: string, inbox = "demo", identityToken?: string): Promise<Visitor> {
    const session = await call<{ token: string; visitorId: string }>(url, "POST", "/visitor/session", {
      inbox,
      deviceId: randomUUID(),
      ...(identityToken ? { identityToken } : {}),
    });
    return new Visitor(url, session.token, session.visitorId);
  }

  async open(topic?: string, fields?: Record<string, string>, page = "https://shop.example/baggage"): Promise<string> {
    const opened = await call<{ page: { conversation: { id: string } } }>(
      this.url,
      "POST",
      "/conversations",
      { clientId: randomUUID(), ...(topic ? { topic } : {}), ...(fields ? { fields } : {}), page },
      this.token,
    );
    return opened.page.conversation.id;
  }

  say(id: string, body: string, replyTo?: number): Promise<{ event: Event }> {
    return call(
      this.url,
      "POST",
      `/conversations/${id}/events`,
      { conversationId: id, clientId: randomUUID(), body, ...(replyTo ? { replyTo } : {}) },
      this.token,
    );
  }

  read(id: string, seq: number): Promise<void> {
    return call(this.url, "POST", `/conversations/${id}/read`, { conversationId: id, seq }, this.token);
  }

  typing(id: string): Promise<void> {
    return call(this.url, "POST", `/conversations/${id}/typing`, { conversationId: id }, this.token);
  }

  rate(id: string, score: number, comment: string): Promise<void> {
    return call(
      this.url,
      "POST",
      `/conversations/${id}/rating`,
      { conversationId: id, clientId: randomUUID(), score, comment },
      this.token,
    );
  }
}
