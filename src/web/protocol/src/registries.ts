/** Codes of refused calls and whether the same call may succeed later. A code that is not here is not retryable. */
export const errorCodes = {
  unauthenticated: { http: 401, retryable: false },
  forbidden: { http: 403, retryable: false },
  not_found: { http: 404, retryable: false },
  invalid: { http: 400, retryable: false },
  too_large: { http: 413, retryable: false },
  rate_limited: { http: 429, retryable: true },
  conflict: { http: 409, retryable: false },
  stale_view: { http: 409, retryable: false },
  closed: { http: 409, retryable: false },
  unavailable: { http: 503, retryable: true },
  draining: { http: 503, retryable: true },
  upgrade_required: { http: 426, retryable: false },
  internal: { http: 500, retryable: true },
} as const;

export type ErrorCode = keyof typeof errorCodes;

export function isRetryable(code: string): boolean {
  return Object.hasOwn(errorCodes, code) && errorCodes[code as ErrorCode].retryable;
}

/** Why a field of a request is refused, and the code of the refused call. */
export const fieldFaults = {
  required: "invalid",
  malformed: "invalid",
  blank: "invalid",
  characters: "invalid",
  card: "invalid",
  out_of_range: "invalid",
  too_long: "too_large",
  unknown: "invalid",
  not_allowed: "invalid",
  repeated: "invalid",
} as const satisfies Record<string, ErrorCode>;

/** Why a connection ends and whether the client connects again by itself. */
export const disconnectReasons = {
  drain: true,
  rebalance: true,
  expired: true,
  too_large: true,
  invalid: true,
  revoked: false,
  blocked: false,
  replaced: false,
  access_changed: true,
} as const;

export type DisconnectReason = keyof typeof disconnectReasons;

/** A reason that is not known is one to connect again after. */
export function mayReconnect(reason: string | undefined): boolean {
  return reason === undefined || !Object.hasOwn(disconnectReasons, reason) || disconnectReasons[reason as DisconnectReason];
}
