import { textOn } from "@gapless-chat/screens/color";
import { ArrowUp, EllipsisVertical, MessageCircle, X } from "lucide";
import type { JSX } from "preact";
import type { Appearance } from "../../state/types";
import { fill, type Locale, languages, type TextKey, t } from "../../texts";
import { Icon } from "../../ui/icon";
import { pickText } from "../local-text-field";

/** The first screen of the widget as visitors will see it, while it is being changed, with a question typed. */
export function Preview({ appearance, name, language }: { appearance: Appearance; name: string; language: Locale }): JSX.Element {
  const say = (key: TextKey) => fill(languages[language][key], language);
  const { theme } = appearance;
  const isDark = theme === "dark" || (theme === "auto" && document.documentElement.dataset.theme === "dark");
  const style = { "--brand": appearance.color, "--brand-ink": textOn(appearance.color) };
  const launcher = pickText(appearance.launcher, language);
  return (
    <figure class={`preview ${appearance.position}${isDark ? " dark" : ""}`} style={style} aria-label={t("preview")}>
      <div class="preview-widget">
        <div class="preview-head">
          <b class="cut">{pickText(appearance.title, language) ?? name}</b>
          <Icon of={EllipsisVertical} size={14} />
          <Icon of={X} size={14} />
        </div>
        <div class="preview-body">
          <span class="preview-sign">
            {appearance.logo && /^https:\/\//.test(appearance.logo) ? (
              <img src={appearance.logo} alt="" />
            ) : (
              <Icon of={MessageCircle} size={20} />
            )}
          </span>
          <p class="preview-greeting">{pickText(appearance.greeting, language) ?? say("preview.greeting")}</p>
          <p class="preview-intro">{say("preview.intro")}</p>
          <p class="preview-online">{say("preview.online")}</p>
        </div>
        <div class="preview-input">
          <span class="cut">{say("preview.question")}</span>
          <span class="preview-send">
            <Icon of={ArrowUp} size={14} />
          </span>
        </div>
      </div>
      <div class={`preview-launcher${launcher ? " wide" : ""}`}>
        <Icon of={MessageCircle} size={20} />
        {launcher && <b>{launcher}</b>}
      </div>
    </figure>
  );
}
