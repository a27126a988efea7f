import { defaultColor, readableOn, textOn } from "@gapless-chat/screens/color";
import type { WidgetState } from "./state";

// Where links stand: on --bubble, which is harder to read on than --surface.
const grounds = { light: "#f0f2f5", dark: "#272b33" };

/** Keeps language, theme and colours of the document as look, inbox and system say, in this order. */
export function followLook(state: WidgetState): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    const appearance = state.settings?.appearance;
    const ofInbox = appearance?.theme === "auto" ? undefined : appearance?.theme;
    const theme = state.look.theme ?? ofInbox ?? (system.matches ? "dark" : "light");
    paint(document.documentElement, theme, state.look.color ?? appearance?.color);
    document.documentElement.lang = state.locale;
    document.title = state.t.title;
  };
  system.addEventListener("change", follow);
  state.subscribe(follow);
  follow();
}

/** Through the CSSOM: the policy allows no style attributes. */
function paint(root: HTMLElement, theme: "light" | "dark", color = defaultColor): void {
  const look = `${theme} ${color}`;
  if (root.dataset.look === look) return;
  root.dataset.look = look;
  root.dataset.theme = theme;
  const ground = grounds[theme];
  const set = (name: string, value: string) => root.style.setProperty(name, value);
  set("--brand", color);
  set("--on-brand", textOn(color));
  set("--link", readableOn(ground, color));
  set("--focus", readableOn(ground, color, 3));
}
