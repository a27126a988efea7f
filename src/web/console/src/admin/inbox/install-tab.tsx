import type { JSX } from "preact";
import { t } from "../../texts";
import { Copyable } from "../secret";
import { plain } from "./appearance-tab";
import type { TabProps } from "./inbox-page";
import { snippetOf } from "./snippet";

export function InstallTab({ inbox }: TabProps): JSX.Element {
  return (
    <div class="form wide">
      <p>{t("install.text")}</p>
      <Copyable text={snippetOf(location.origin, inbox.key, inbox.appearance ?? plain)} label={t("install.snippet")} isBlock />
      {inbox.origins.length === 0 && <p class="wrong">{t("install.origins")}</p>}
      <h2>{t("install.identify")}</h2>
      <p class="muted">{t("install.identify.text")}</p>
      <Copyable text={identify} label={t("install.identify")} isBlock />
      <h2>{t("install.csp")}</h2>
      <p class="muted">{t("install.csp.text")}</p>
      <Copyable text={`script-src ${location.origin}; frame-src ${location.origin}`} label={t("install.csp")} isBlock />
    </div>
  );
}

const identify = `<script>
  // The token is a JWT signed by your server with an identity key of this inbox.
  // Also before the widget has loaded.
  (window.Chat = window.Chat || []).push(["identify", token]);
</script>`;
