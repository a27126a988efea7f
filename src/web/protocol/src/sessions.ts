import type { OperatorRole } from "./commands.ts";
import type { ChatEvent, OperatorFace } from "./events.ts";

export interface VisitorSessionRequest {
  inbox: string;
  deviceId: string;
  identityToken?: string;
  refreshToken?: string;
  locale?: string;
}

export interface VisitorSession {
  token: string;
  expiresAt: string;
  visitorId: string;
  refreshToken: string;
}

export interface VisitorLogout {
  refreshToken: string;
}

export interface OperatorSessionRequest {
  email?: string;
  password?: string;
  newPassword?: string;
  idToken?: string;
  nonce?: string;
}

export interface OperatorSession {
  token: string;
  expiresAt: string;
  operator: OperatorFace;
  role: OperatorRole;
  /** Sign in again with `newPassword`; `token` is empty. */
  mustChangePassword: boolean;
}

/** A refusal over REST. */
export interface Problem {
  code: string;
  status: number;
  title: string;
  detail?: string;
  type?: string;
  retryAfterMs?: number;
  missing?: ChatEvent[];
  /** Of invalid and too_large: what of the request is refused, and why. Of unauthenticated: which claim of a well signed identity token. */
  errors?: FieldError[];
}

export interface FieldError {
  field: string;
  /** One of `fieldFaults`. */
  reason: string;
}
