import { createPageChat } from "@gapless-chat/client/widget";
import { render } from "preact";
import { HostLink } from "./host-link";
import { readLook } from "./look";
import { followLook } from "./paint";
import { App } from "./parts/app";
import { localeOf, WidgetState } from "./state";
import { loadTexts } from "./texts";
import "./styles/index.css";

async function main(): Promise<void> {
  const isFramed = parent !== window;
  const look = readLook(location.hash, location.ancestorOrigins?.[0]);
  const locale = localeOf(look);
  const link = new HostLink(isFramed ? look.host : undefined);
  const chat = createPageChat({
    url: location.origin,
    inbox: decodeURIComponent(location.pathname.split("/")[2] ?? ""),
    locale: look.locale ?? navigator.language,
    identity: () => link.identity(),
  });
  const state = new WidgetState(chat, look, locale, await loadTexts(locale), isFramed ? () => link.close() : undefined);

  followLook(state);
  render(<App state={state} />, document.body);
  void state.load();
  await link.attach(state);
  await state.begin();
}

void main();
