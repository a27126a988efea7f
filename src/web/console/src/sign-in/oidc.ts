import { describe } from "../state/actions";
import { chat } from "../state/chat";
import { toast } from "../state/toasts";
import type { SignInWays } from "../state/types";

type Provider = NonNullable<SignInWays["oidc"]>;

const key = "console.oidc";

/** Sends the browser to the identity provider (authorization code with PKCE); what is needed on return lies in this tab's storage. */
export async function startOidc(provider: Provider): Promise<void> {
  sessionStorage.setItem(key, JSON.stringify(provider));
  const manager = await managerFor(provider);
  await manager.signinRedirect();
}

/** On the way back: changes the provider's identity token for a session of ours, which `resume` then finds. */
export async function completeOidc(): Promise<void> {
  const query = new URLSearchParams(location.search);
  const kept = query.has("state") ? sessionStorage.getItem(key) : null;
  if (kept === null) return;
  sessionStorage.removeItem(key);
  try {
    const manager = await managerFor(JSON.parse(kept) as Provider);
    const user = await manager.signinRedirectCallback();
    await manager.removeUser();
    if (user.id_token) await chat.signIn({ idToken: user.id_token });
  } catch (error) {
    toast("bad", describe(error));
  }
  history.replaceState(null, "", "/console");
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
