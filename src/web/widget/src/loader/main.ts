import { readSettings } from "./settings";
import { type Listener, type Token, Widget } from "./widget";

type Call = [name: string, ...parameters: unknown[]];

declare global {
  interface Window {
    /** Before the script has loaded: a list of calls, `(window.Chat = window.Chat || []).push(["open"])`. After: the same, and methods. */
    Chat?: Call[] | ReturnType<typeof publicApi>;
  }
}

// Only what is meant for pages, and nothing that they could break by changing the object.
function publicApi(widget: Widget) {
  const api = {
    open: () => widget.open(),
    close: () => widget.close(),
    identify: (token: Token) => widget.identify(token),
    logout: () => widget.logout(),
    setFields: (fields: Record<string, unknown>) => widget.setFields(fields),
    on: (name: string, listener: Listener) => widget.on(name, listener),
    push: (...calls: Call[]) => {
      for (const [name, ...parameters] of calls) {
        if (name !== "push" && Object.hasOwn(api, name)) (api[name as "on"] as (...all: unknown[]) => unknown)(...parameters);
      }
    },
  };
  return Object.freeze(api);
}

function start(script: HTMLScriptElement): void {
  const settings = readSettings(script);
  if (!settings) {
    console.warn("Chat: the script needs a data-inbox attribute.");
    return;
  }
  const queue = Array.isArray(window.Chat) ? window.Chat : [];
  const api = publicApi(new Widget(settings));
  window.Chat = api;
  api.push(...queue);
}

const script = document.currentScript;
// Twice on a page is a mistake of the page, and the first one stays.
if (script instanceof HTMLScriptElement && (!window.Chat || Array.isArray(window.Chat))) {
  if (document.body) start(script);
  else addEventListener("DOMContentLoaded", () => start(script));
}
