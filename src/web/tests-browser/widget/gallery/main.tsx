// One state of the widget, named by the address: what pictures and accessibility checks need and no journey reaches quickly.
import { render } from "preact";
import { readLook } from "../../../widget/src/frame/look";
import { followLook } from "../../../widget/src/frame/paint";
import { App } from "../../../widget/src/frame/parts/app";
import { localeOf, WidgetState } from "../../../widget/src/frame/state";
import { loadTexts } from "../../../widget/src/frame/texts";
import "../../../widget/src/frame/styles/index.css";
import { chatOf } from "./chat";
import { stories } from "./stories";

const look = readLook(location.hash, undefined);
const all = stories(look.locale === "ru" ? "ru" : "en");
const story = all[new URLSearchParams(location.search).get("state") ?? ""];
if (!story) throw new Error("No such state.");

const locale = localeOf(look);
const state = new WidgetState(chatOf(story), look, locale, await loadTexts(locale), () => {});
followLook(state);
render(<App state={state} />, document.body);
await state.load();
state.opened(true);
await state.begin();
if (story.view) state.show(story.view);
document.documentElement.dataset.states = Object.keys(all).join(" ");
// Drawn, and not only told to.
requestAnimationFrame(() => setTimeout(() => (document.documentElement.dataset.ready = "")));
