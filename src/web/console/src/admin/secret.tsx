import { Check, Copy } from "lucide";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { actions } from "../state/actions";
import { t } from "../texts";
import { Button } from "../ui/button";

/** A text to be copied: a key, a password, a snippet. */
export function Copyable({ text, label, isBlock }: { text: string; label: string; isBlock?: boolean }): JSX.Element {
  const [isCopied, setCopied] = useState(false);
  return (
    <div class={`copyable${isBlock ? " block" : ""}`}>
      {/* biome-ignore lint/a11y/useSemanticElements: a text that scrolls and has a name; a fieldset keeps no line breaks */}
      <pre class="mono" tabIndex={isBlock ? 0 : undefined} role="group" aria-label={label}>
        {text}
      </pre>
      <Button
        icon={isCopied ? Check : Copy}
        small
        label={t(isCopied ? "copied" : "copy")}
        onClick={async () => setCopied(await actions.copy(text))}
      />
    </div>
  );
}
