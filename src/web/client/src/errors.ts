import { isRetryable } from "@chat/protocol";

/** A refused or failed call. `code` is one of the protocol's, or `network`: there was no answer. */
export class ChatError extends Error {
  readonly code: string;
  readonly detail: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: string, detail?: string, retryAfterMs?: number) {
    super(detail ? `${code}: ${detail}` : code);
    this.name = "ChatError";
    this.code = code;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return this.code === network || isRetryable(this.code);
  }
}

/** Code of what got no answer: whether it happened is not known. */
export const network = "network";

export function toChatError(error: unknown): ChatError {
  return error instanceof ChatError ? error : new ChatError(network, error instanceof Error ? error.message : undefined);
}
