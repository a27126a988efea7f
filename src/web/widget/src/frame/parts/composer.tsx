import { isBlank, limits } from "@gapless-chat/protocol";
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useWidget } from "../context";
import { Icon } from "./icons";
import { LengthNote } from "./length-note";

interface Props {
  text: string;
  onText: (text: string) => void;
  onSend: (text: string) => void;
  /** What the text is about: an answer or an edit. */
  about?: ComponentChildren;
  /** Escape, and the arrow up in an empty field. */
  onEscape?: (() => void) | undefined;
  onUp?: (() => void) | undefined;
  submitLabel?: string | undefined;
  /** Changes when the field should have the focus. */
  focusKey?: unknown;
}

export function Composer({ text, onText, onSend, about, onEscape, onUp, submitLabel, focusKey }: Props) {
  const { t, isOpen } = useWidget();
  const field = useRef<HTMLTextAreaElement>(null);
  const canSend = !isBlank(text) && text.length <= limits.BodyLength;
  useAutoHeight(field, text);
  useEffect(() => {
    if (isOpen && hasKeyboard()) field.current?.focus();
  }, [isOpen, focusKey]);

  const submit = (event: Event) => {
    event.preventDefault();
    if (canSend) onSend(text);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While a word is being composed (Chinese, Japanese …) Enter belongs to the input method.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && hasKeyboard()) submit(event);
    else if (event.key === "Escape" && onEscape) {
      event.stopPropagation();
      onEscape();
    } else if (event.key === "ArrowUp" && text === "" && onUp) {
      event.preventDefault();
      onUp();
    }
  };

  return (
    <form class="composer" aria-label={t.write} onSubmit={submit}>
      {about}
      <LengthNote length={text.length} />
      <div class="composer-field">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          enterkeyhint="send"
          aria-label={t.message}
          placeholder={t.write}
          value={text}
          onInput={(event) => onText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button type="submit" class="send" aria-label={submitLabel ?? t.send} aria-disabled={!canSend}>
          <Icon name={submitLabel ? "check" : "send"} />
        </button>
      </div>
    </form>
  );
}

/** On a touch screen Enter makes a line, and a focus that nobody asked for brings up the keyboard. */
const hasKeyboard = () => !matchMedia("(pointer: coarse) and (hover: none)").matches;

function useAutoHeight(field: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const style = field.current?.style;
    if (!style || CSS.supports("field-sizing", "content")) return;
    style.height = "auto";
    style.height = `${field.current?.scrollHeight ?? 0}px`;
  }, [text]);
}
