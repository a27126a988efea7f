import { render } from "preact";
import "@fontsource-variable/inter/index.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/layers.css";
import { App } from "./app/app";
import { applyPrefs } from "./state/prefs";

applyPrefs();
const place = document.getElementById("app");
if (place) render(<App />, place);
