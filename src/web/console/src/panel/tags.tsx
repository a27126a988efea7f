import { isBlank, limits } from "@gapless-chat/protocol";
import { X } from "lucide";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { actions } from "../state/actions";
import { rows } from "../state/chat";
import { t } from "../texts";
import { Icon } from "../ui/icon";

const mostSuggested = 50;

export function Tags({ id, tags }: { id: string; tags: readonly string[] }): JSX.Element {
  const [text, setText] = useState("");
  const add = () => {
    const tag = text.trim().slice(0, limits.TagLength);
    setText("");
    if (!isBlank(tag) && !tags.includes(tag)) void actions.tag(id, { add: [tag] });
  };
  return (
    <div class="tags">
      {tags.map((tag) => (
        <span key={tag} class="chip tag">
          <bdi class="cut">{tag}</bdi>
          <button
            type="button"
            aria-label={t("tag.remove", { tag })}
            title={t("tag.remove", { tag })}
            onClick={() => void actions.tag(id, { remove: [tag] })}
          >
            <Icon of={X} size={11} />
          </button>
        </span>
      ))}
      {tags.length < limits.Tags && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
        >
          <input
            id="tag-input"
            list="known-tags"
            maxLength={limits.TagLength}
            placeholder={t("tag.add")}
            aria-label={t("tag.add")}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
            onBlur={add}
            onKeyDown={(event) => {
              if (event.key === "Escape") {
                setText("");
                event.currentTarget.blur();
              }
            }}
          />
          <datalist id="known-tags">
            {knownTags(tags).map((tag) => (
              <option key={tag} value={tag} />
            ))}
          </datalist>
        </form>
      )}
    </div>
  );
}

/** Tags of other conversations, so that one word is used for one thing. */
function knownTags(but: readonly string[]): string[] {
  const all = new Set<string>();
  for (const row of rows.peek().values()) for (const tag of row.tags ?? []) all.add(tag);
  return [...all]
    .filter((tag) => !but.includes(tag))
    .sort((a, b) => a.localeCompare(b))
    .slice(0, mostSuggested);
}
