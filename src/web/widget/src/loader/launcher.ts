import { textOn } from "@gapless-chat/screens/color";
import type { Settings } from "./settings";
import { styles } from "./styles";

const words = {
  en: { open: "Open chat", close: "Close chat", unread: "new messages", title: "Chat" },
  ru: { open: "Открыть чат", close: "Закрыть чат", unread: "новых сообщений", title: "Чат" },
};

const paths = {
  bubble: "M20.5 11.6a8 8 0 0 1-11.6 7.2L4 20l1.3-4.6a8 8 0 1 1 15.2-3.8Z",
  down: "m6 9.5 6 6 6-6",
};

/** The button and the panel that holds the frame, in a shadow root of an element of ours. */
export class Launcher {
  readonly panel = element("div", "panel");
  readonly #settings: Settings;
  readonly #root = element("div");
  readonly #button = element("button");
  readonly #badge = element("span", "badge");
  readonly #words: (typeof words)["en"];

  constructor(settings: Settings, onClick: () => void) {
    this.#settings = settings;
    this.#words = settings.locale.toLowerCase().startsWith("ru") ? words.ru : words.en;
    this.#badge.hidden = true;
    this.#button.append(icon("bubble"), icon("down"));
    if (settings.text) this.#button.append(Object.assign(element("span", "label"), { textContent: settings.text }));
    this.#button.append(this.#badge);
    this.#button.addEventListener("click", onClick);
    this.panel.setAttribute("role", "dialog");
    this.panel.setAttribute("aria-label", this.#words.title);
    this.#root.append(this.panel, this.#button);
    this.color = settings.color;
    this.update(false, 0);
  }

  get title(): string {
    return this.#words.title;
  }

  set color(color: string) {
    this.#root.style.setProperty("--color", color);
    this.#root.style.setProperty("--text", textOn(color));
  }

  attach(): void {
    const host = document.createElement("chat-widget");
    const shadow = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    shadow.adoptedStyleSheets = [sheet];
    const dark =
      this.#settings.theme === "dark" || (this.#settings.theme === "auto" && matchMedia("(prefers-color-scheme:dark)").matches);
    this.#root.style.setProperty("--ground", dark ? "#17191e" : "#fff");
    shadow.append(this.#root);
    // A rule of the page beats :host rules of the same weight; inline and important beats all of the page.
    for (const [name, value] of hardened) host.style.setProperty(name, value, "important");
    document.body.append(host);
  }

  update(open: boolean, unread: number): void {
    const words = this.#words;
    const button = this.#button;
    const badge = this.#badge;
    this.#root.className = `${this.#settings.position} ${open ? "open" : ""}`;
    badge.hidden = open || !unread;
    badge.textContent = unread > 99 ? "99+" : `${unread}`;
    const label = this.#settings.text || words.open;
    button.setAttribute("aria-label", open ? words.close : unread ? `${label}, ${words.unread}: ${unread}` : label);
    button.setAttribute("aria-expanded", `${open}`);
  }

  focus(): void {
    this.#button.focus();
  }
}

const hardened = [
  ["all", "initial"],
  ["position", "fixed"],
  ["z-index", "2147483000"],
  ["width", "0"],
  ["height", "0"],
  ["inset", "auto 0 0 auto"],
] as const;

function element<K extends keyof HTMLElementTagNameMap>(tag: K, className = ""): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(tag), { className });
}

function icon(name: keyof typeof paths): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", name);
  path.setAttribute("d", paths[name]);
  svg.append(path);
  return svg;
}
