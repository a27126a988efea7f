import type { WidgetSettings } from "@gapless-chat/protocol";
import { useState } from "preact/hooks";
import { useWidget } from "../context";
import { recall, remember } from "../preferences";
import { openingOf } from "../text/times";
import { localText } from "../texts";
import { Avatar } from "./avatar";
import { Composer } from "./composer";
import { Header } from "./header";
import { later } from "./later";
import { Tools } from "./tools";

const Form = later(async () => (await import("./form")).Form);
const draft = "draft:start";

/** Before the first message: who we are, whether we are there, and the way to begin. */
export function Start({ settings }: { settings: WidgetSettings }) {
  const state = useWidget();
  const { t } = state;
  const { locale } = state;
  const { appearance, form } = settings;
  const [text, setText] = useState(recall(draft) ?? "");
  const write = (next: string) => {
    setText(next);
    // From the first letter on nothing that arrives takes the place of what is being written.
    if (state.chosenView?.name !== "start") state.show({ name: "start" });
    remember(draft, next || undefined);
  };
  const begin = (body: string, answers: Record<string, string>) => {
    remember(draft, undefined);
    state.openWith(body, answers);
  };
  const hasPast = state.conversations.length > 0;
  return (
    <div class="screen start">
      <Header onBack={hasPast ? () => state.show({ name: "list" }) : undefined} tools={<Tools />}>
        <span class="brand-name">{localText(appearance.title, locale) ?? settings.name}</span>
      </Header>
      <main class="start-main">
        <div class="hero">
          <Avatar picture={appearance.logo} />
          <h1>{localText(appearance.greeting, locale) ?? t.greeting}</h1>
          <p>{t.intro}</p>
        </div>
        <Availability settings={settings} />
        {form && <Form fields={form.fields} text={text} onText={write} onSubmit={begin} />}
      </main>
      {!form && <Composer text={text} onText={write} onSend={(body) => begin(body, {})} />}
    </div>
  );
}

/** Whether somebody is there; and when nobody is, what becomes of a message. */
function Availability({ settings }: { settings: WidgetSettings }) {
  const state = useWidget();
  const { t } = state;
  const { locale } = state;
  const { hours, offlineText, online } = settings;
  if (online && hours?.open !== false) {
    return (
      <p class="availability">
        <i class="dot on" />
        {t.weAreOnline}
      </p>
    );
  }
  const opensAt = hours?.open === false && hours.opensAt ? openingOf(Date.parse(hours.opensAt), Date.now(), locale) : undefined;
  return (
    <div class="away">
      <p class="away-title">
        <i class="dot" />
        {t.weAreAway}
        {opensAt && `. ${t.opensAt(opensAt)}`}
      </p>
      <p>{localText(offlineText, locale) ?? (state.isIdentified ? t.answerAnywhere : t.answerHere)}</p>
    </div>
  );
}
