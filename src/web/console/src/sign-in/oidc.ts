import { ChatError } from "@gapless-chat/client";
import { signal } from "@preact/signals";
import { describe } from "../state/actions";
import { chat } from "../state/chat";
import type { SignInWays } from "../state/types";
import { t } from "../texts";

type Provider = NonNullable<SignInWays["oidc"]>;

const key = "console.oidc";

/** What this tab asked, until it comes back. The nonce ties the provider's answer to the question. */
interface Asked {
  provider: Provider;
  nonce: string;
}

/** Why the provider's way did not lead in, in the language of the moment. */
export const trouble = signal<() => string>();

/** Sends the browser to the identity provider (authorization code with PKCE); what is needed on return lies in this tab's storage. */
export async function startOidc(provider: Provider): Promise<void> {
  trouble.value = undefined;
  const asked: Asked = { provider, nonce: newNonce() };
  sessionStorage.setItem(key, JSON.stringify(asked));
  try {
    const manager = await managerFor(provider);
    await manager.signinRedirect({ nonce: asked.nonce });
  } catch {
    trouble.value = () => t("sign.in.provider.silent", { name: provider.name });
  }
}

/** On the way back: changes the provider's identity token for a session of ours, which `resume` then finds. */
export async function completeOidc(): Promise<void> {
  const query = new URLSearchParams(location.search);
  const kept = query.has("state") ? sessionStorage.getItem(key) : null;
  if (kept === null) return;
  sessionStorage.removeItem(key);
  try {
    const { provider, nonce } = JSON.parse(kept) as Asked;
    const manager = await managerFor(provider);
    const user = await manager.signinRedirectCallback();
    await manager.removeUser();
    if (user.id_token) await chat.signIn({ idToken: user.id_token, nonce });
  } catch (error) {
    trouble.value = () => refusal(error);
  }
  history.replaceState(null, "", "/console");
}

function newNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function refusal(error: unknown): string {
  if (error instanceof ChatError) return error.code === "unauthenticated" ? t("sign.in.provider.refused") : describe(error);
  return t("sign.in.provider.failed");
}

async function managerFor({ authority, clientId }: Provider) {
  const { UserManager, WebStorageStateStore } = await import("oidc-client-ts");
  return new UserManager({
    authority,
    client_id: clientId,
    redirect_uri: `${location.origin}/console`,
    response_type: "code",
    scope: "openid profile email",
    stateStore: new WebStorageStateStore({ store: sessionStorage }),
    userStore: new WebStorageStateStore({ store: sessionStorage }),
    automaticSilentRenew: false,
  });
}
