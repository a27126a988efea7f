import { type ChatEvent, isRetryable, type Problem } from "@gapless-chat/protocol";

/** A refused or failed call. `code` is one of the protocol's, or `network`: there was no answer. */
export class ChatError extends Error {
  readonly code: string;
  readonly detail: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** Of stale_view over REST. */
  readonly missing: readonly ChatEvent[] | undefined;

  constructor(code: string, { detail, retryAfterMs, missing }: Partial<Problem> = {}) {
    super(detail ? `${code}: ${detail}` : code);
    this.name = "ChatError";
    this.code = code;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
    this.missing = missing;
  }

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return this.code === network || isRetryable(this.code);
  }
}

/** Error of what waited for an opening that was refused because the visitor has too many open conversations. */
export const tooManyOpen = "too_many_open";

/** Why an operator is not signed in: the account needs a new password first, see `newPassword`. */
export const mustChangePassword = "must_change_password";

/** Code of what got no answer: whether it happened is not known. */
export const network = "network";

export function toChatError(error: unknown): ChatError {
  return error instanceof ChatError ? error : new ChatError(network, { detail: String(error) });
}
