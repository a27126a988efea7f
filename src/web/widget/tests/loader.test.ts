// @vitest-environment happy-dom
// @vitest-environment-options { "settings": { "disableIframePageLoading": true, "handleDisabledFileLoadingAsSuccess": true } }
import { beforeEach, expect, test } from "vitest";
import type { Settings } from "../src/loader/settings";
import { frameAddress, readSettings } from "../src/loader/settings";
import { Widget } from "../src/loader/widget";

const origin = "https://chat.example";
const settings: Settings = {
  origin,
  inbox: "shop",
  color: "#1f4fd8",
  colorGiven: false,
  position: "right",
  theme: "auto",
  locale: "en",
  text: "",
};

beforeEach(() => {
  document.body.replaceChildren();
  document.title = "Shop";
  localStorage.clear();
});

const root = () => document.querySelector("chat-widget")?.shadowRoot;
const frame = () => root()?.querySelector("iframe") as HTMLIFrameElement | null;

function hear(data: object, from: { origin?: string; source?: Window | null } = {}): void {
  dispatchEvent(
    new MessageEvent("message", { data: { chat: 1, ...data }, origin, source: frame()?.contentWindow ?? null, ...from }),
  );
}

test("before a click there is a button and nothing else", () => {
  new Widget(settings);

  expect(root()?.querySelector("button")).not.toBeNull();
  expect(frame()).toBeNull();
  expect(localStorage.length).toBe(0);
});

test("only the frame at the chat's origin is heard", () => {
  const widget = new Widget(settings);
  widget.open();
  hear({ type: "state", unread: 3, keeps: "open" }, { origin: "https://evil.example" });
  hear({ type: "state", unread: 3, keeps: "open" }, { source: window });
  expect(document.title).toBe("Shop");
  hear({ type: "state", unread: 3, keeps: "open" });

  expect(document.title).toBe("(3) Shop");
  expect(localStorage.getItem("chat:shop")).toBe("open");
});

test("an open conversation is remembered for the next page, an ended one loads nothing there", () => {
  new Widget(settings).open();
  hear({ type: "state", unread: 0, keeps: "past" });
  document.body.replaceChildren();
  new Widget(settings);
  expect(frame()).toBeNull();

  localStorage.setItem("chat:shop", "closed");
  document.body.replaceChildren();
  new Widget(settings);
  expect(frame()).not.toBeNull();
});

test("the snippet's attributes are read and checked", () => {
  const script = document.createElement("script");
  script.src = "https://chat.example/widget.js";
  Object.assign(script.dataset, { inbox: "a/b", color: "#0A0", position: "left", theme: "dark", locale: "ru", text: " Чат " });
  const read = readSettings(script);

  expect(read).toMatchObject({ origin, color: "#00aa00", position: "left", theme: "dark", text: "Чат" });
  expect(frameAddress(read as Settings)).toMatch(/^https:\/\/chat\.example\/widget\/a%2Fb#host=/);
  script.dataset.inbox = "";
  expect(readSettings(script)).toBeUndefined();
});
