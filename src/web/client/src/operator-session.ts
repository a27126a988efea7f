import type { OperatorSession, OperatorSessionRequest } from "@chat/protocol";
import { toChatError } from "./errors.ts";
import type { Rest } from "./rest.ts";
import type { TokenKeeper } from "./token.ts";

/** The operator's session. The browser keeps its refresh token in a cookie that no script can read. */
export class OperatorSessions {
  readonly #rest: Rest;

  constructor(rest: Rest) {
    this.#rest = rest;
  }

  open(request: OperatorSessionRequest): Promise<OperatorSession> {
    return this.#rest.call("POST", "/operator/session", { body: request });
  }

  /** False when the browser has no session to continue. */
  async resume(tokens: TokenKeeper): Promise<boolean> {
    try {
      await tokens.get();
      return true;
    } catch (thrown) {
      const error = toChatError(thrown);
      if (error.code === "unauthenticated") return false;
      throw error;
    }
  }

  logout(): Promise<void> {
    return this.#rest.call("POST", "/operator/logout", { keepalive: true });
  }
}
