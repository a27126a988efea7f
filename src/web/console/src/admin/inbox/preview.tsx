import { MessageCircle, SendHorizontal, X } from "lucide";
import type { JSX } from "preact";
import type { Appearance } from "../../state/types";
import { fill, type Locale, languages, type TextKey, t } from "../../texts";
import { Icon } from "../../ui/icon";
import { pickText } from "../local-text-field";
import { inkOn } from "./contrast";

/** The widget as visitors will see it, while it is being changed. */
export function Preview({ appearance, name, language }: { appearance: Appearance; name: string; language: Locale }): JSX.Element {
  const say = (key: TextKey) => fill(languages[language][key], language);
  const { theme } = appearance;
  const isDark = theme === "dark" || (theme === "auto" && document.documentElement.dataset.theme === "dark");
  const style = { "--brand": appearance.color, "--brand-ink": inkOn(appearance.color) };
  const launcher = pickText(appearance.launcher, language);
  return (
    <figure class={`preview ${appearance.position}${isDark ? " dark" : ""}`} style={style} aria-label={t("preview")}>
      <div class="preview-widget">
        <div class="preview-head">
          {appearance.logo && /^https:\/\//.test(appearance.logo) && <img src={appearance.logo} alt="" />}
          <b class="cut">{pickText(appearance.title, language) ?? name}</b>
          <Icon of={X} size={16} />
        </div>
        <div class="preview-body">
          <p class="preview-theirs">{pickText(appearance.greeting, language) ?? say("preview.greeting")}</p>
          <p class="preview-ours">{say("preview.question")}</p>
          <p class="preview-theirs">{say("preview.answer")}</p>
        </div>
        <div class="preview-input">
          <span>{say("preview.input")}</span>
          <Icon of={SendHorizontal} size={16} />
        </div>
      </div>
      <div class={`preview-launcher${launcher ? " wide" : ""}`}>
        <Icon of={MessageCircle} size={20} />
        {launcher && <b>{launcher}</b>}
      </div>
    </figure>
  );
}
