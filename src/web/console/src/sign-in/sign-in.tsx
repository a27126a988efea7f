import { ChatError } from "@gapless-chat/client";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import icon from "../icon.svg";
import { describe } from "../state/actions";
import { prefs, setPrefs } from "../state/prefs";
import { choosePassword, phase, signIn } from "../state/session";
import type { SignInWays } from "../state/types";
import { type Locale, t } from "../texts";
import { Button } from "../ui/button";
import { TextField } from "../ui/field";
import { Segments } from "../ui/segments";
import { startOidc, trouble } from "./oidc";
import "./sign-in.css";

const shortest = 10;

export function SignIn(): JSX.Element {
  const ways = useWays();
  return (
    <main class="sign-in">
      <div class="sign-in-card">
        <img src={icon} alt="" width="36" height="36" />
        <h1>{t(phase.value === "password" ? "password.new.title" : "sign.in.title")}</h1>
        {phase.value === "password" ? <NewPassword /> : <Ways ways={ways} />}
      </div>
      <Segments<Locale>
        label={t("language")}
        value={prefs.value.locale}
        options={[
          { value: "en", label: "English" },
          { value: "ru", label: "Русский" },
        ]}
        onPick={(locale) => setPrefs({ locale })}
      />
    </main>
  );
}

function Ways({ ways }: { ways: SignInWays }): JSX.Element {
  const { oidc } = ways;
  return (
    <>
      {oidc && (
        <Button look={ways.password ? undefined : "primary"} onClick={() => void startOidc(oidc)}>
          {t("sign.in.with", { name: oidc.name })}
        </Button>
      )}
      {trouble.value && (
        <p class="wrong" role="alert">
          {trouble.value()}
        </p>
      )}
      {oidc && ways.password && <p class="or">{t("or")}</p>}
      {ways.password && <PasswordForm />}
    </>
  );
}

function PasswordForm(): JSX.Element {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const { isBusy, wrong, submit } = useSubmit(() => signIn({ email: email.trim(), password }));
  return (
    <form onSubmit={submit}>
      <TextField
        label={t("email")}
        type="email"
        name="email"
        autocomplete="username"
        required
        autofocus
        value={email}
        onInput={setEmail}
      />
      <TextField
        label={t("password")}
        type="password"
        name="password"
        autocomplete="current-password"
        required
        value={password}
        wrong={wrong}
        onInput={setPassword}
      />
      <Button type="submit" look="primary" disabled={isBusy}>
        {t("sign.in")}
      </Button>
    </form>
  );
}

function NewPassword(): JSX.Element {
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [complaint, setComplaint] = useState<string>();
  const { isBusy, wrong, submit } = useSubmit(() => choosePassword(password));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const said =
          password.length < shortest
            ? t("password.short", { n: shortest })
            : password === again
              ? undefined
              : t("password.differ");
        setComplaint(said);
        if (!said) submit(event);
      }}
    >
      <p class="muted">{t("password.new.text")}</p>
      <TextField
        label={t("password.new")}
        hint={t("password.rule", { n: shortest })}
        type="password"
        autocomplete="new-password"
        required
        autofocus
        value={password}
        onInput={setPassword}
      />
      <TextField
        label={t("password.again")}
        type="password"
        autocomplete="new-password"
        required
        value={again}
        wrong={complaint ?? wrong}
        onInput={setAgain}
      />
      <Button type="submit" look="primary" disabled={isBusy}>
        {t("password.save")}
      </Button>
    </form>
  );
}

function useSubmit(run: () => Promise<void>): { isBusy: boolean; wrong: string | undefined; submit: (event: Event) => void } {
  const [isBusy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const submit = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setWrong(undefined);
    run()
      .catch((error: unknown) => setWrong(refusal(error)))
      .finally(() => setBusy(false));
  };
  return { isBusy, wrong, submit };
}

function refusal(error: unknown): string {
  return error instanceof ChatError && error.code === "unauthenticated" ? t("sign.in.wrong") : describe(error);
}

/** How one may sign in here; a server that does not answer is told by the form itself. */
function useWays(): SignInWays {
  const [ways, setWays] = useState<SignInWays>({ password: true });
  useEffect(() => {
    readWays().then(setWays, () => undefined);
  }, []);
  return ways;
}

/** Asked before anybody is known, so without the client and its token. */
async function readWays(): Promise<SignInWays> {
  const answer = await fetch("/api/v1/operator/sign-in");
  if (!answer.ok) throw new ChatError("unavailable");
  return (await answer.json()) as SignInWays;
}
