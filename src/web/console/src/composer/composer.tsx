import { isBlank, limits } from "@gapless-chat/protocol";
import { Lock, SendHorizontal, SquareSlash, X } from "lucide";
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { beginEdit } from "../state/actions";
import { slashQuery } from "../state/canned";
import { chat, drafts, inboxNames, me, myId } from "../state/chat";
import type { Draft, Mode } from "../state/drafts";
import { fillPlaceholders } from "../state/placeholders";
import type { CannedReply, OpenState } from "../state/types";
import { t } from "../texts";
import { authorOf } from "../timeline/message";
import { Button } from "../ui/button";
import { Segments } from "../ui/segments";
import { CannedPopover, useCanned } from "./canned-popover";
import { Held } from "./held";
import { sendDraft } from "./send";
import "./composer.css";

const warnLength = limits.BodyLength - 500;
const mostHeightPx = 260;

/** Where an operator writes to the visitor or leaves a note. The text is kept per conversation. */
export function Composer({ state }: { state: OpenState }): JSX.Element {
  const area = useRef<HTMLTextAreaElement>(null);
  const draft = drafts.value.of(state.id);
  const { edit } = draft;
  const { text, mode } = edit ?? draft;
  const [caret, setCaret] = useState(0);
  const canned = useCanned(
    mode === "reply" || text.startsWith("/") ? slashQuery(text, caret) : undefined,
    state.conversation?.inboxId,
  );
  useLayoutEffect(() => grow(area.current), [text, state.id]);
  const write = (next: string) => {
    const begunAt = next === "" ? undefined : (draft.begunAt ?? state.seq);
    drafts.value.change(state.id, edit ? { edit: { ...edit, text: next } } : { text: next, begunAt });
    if (mode === "reply" && next !== "") chat.typing(state.id);
  };
  const insert = (reply: CannedReply) => {
    const slash = slashQuery(text, caret);
    const from = slash?.from ?? caret;
    const filled = fillPlaceholders(reply.body, {
      visitor: state.conversation?.visitor.name,
      operator: me.value?.name,
      inbox: inboxNames.value.get(state.conversation?.inboxId ?? ""),
    });
    write(text.slice(0, from) + filled + text.slice(caret));
    placeCaret(area.current, from + filled.length, setCaret);
  };
  const submit = () => void sendDraft(state);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing || canned.onKeyDown(event, insert)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape") {
      if (edit || draft.replyTo !== undefined) stopAside(state.id, draft);
      else area.current?.blur();
      event.stopPropagation();
    } else if (event.key === "ArrowUp" && !edit && text === "") editLast(state);
  };
  const isLong = text.length > limits.BodyLength;
  return (
    <form
      class={`composer ${mode}`}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Held state={state} />
      <div class="composer-box">
        {canned.isOpen && <CannedPopover canned={canned} onPick={insert} />}
        <Aside state={state} draft={draft} />
        <textarea
          ref={area}
          id="composer-text"
          rows={2}
          dir="auto"
          value={text}
          placeholder={t(mode === "note" ? "composer.note" : "composer.reply")}
          aria-label={t(mode === "note" ? "composer.note" : "composer.reply")}
          aria-invalid={isLong || undefined}
          {...canned.ties}
          onInput={(event) => {
            setCaret(event.currentTarget.selectionStart);
            write(event.currentTarget.value);
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
        />
        <div class="composer-foot">
          {!edit && (
            <Segments<Mode>
              label={t("composer.mode")}
              value={mode}
              options={[
                { value: "reply", label: t("reply") },
                { value: "note", label: t("note") },
              ]}
              onPick={(picked) => {
                drafts.value.change(state.id, { mode: picked });
                area.current?.focus();
              }}
            />
          )}
          <Button
            icon={SquareSlash}
            small
            look="quiet"
            label={t("canned.open")}
            onClick={() => canned.openByButton(area.current)}
          />
          <span class="composer-hint cut">{hintFor(state, draft)}</span>
          {text.length > warnLength && (
            <span class={isLong ? "wrong numbers" : "muted numbers"}>
              {text.length} / {limits.BodyLength}
            </span>
          )}
          <Button
            type="submit"
            look="primary"
            small
            icon={mode === "note" ? Lock : SendHorizontal}
            disabled={isBlank(text) || isLong || (!edit && draft.sending !== undefined)}
          >
            {t(edit ? "save" : mode === "note" ? "note.add" : state.status === "queued" ? "claim.send" : "send")}
          </Button>
        </div>
      </div>
    </form>
  );
}

/** What the text belongs to: the message that it answers, or the own one that it replaces. */
function Aside({ state, draft }: { state: OpenState; draft: Draft }): JSX.Element | null {
  const seq = draft.edit?.seq ?? draft.replyTo;
  if (seq === undefined) return null;
  const target = state.items.find((item) => item.seq === seq);
  return (
    <div class="aside">
      <b>{t(draft.edit ? "editing" : "replying", { name: target ? authorOf(target, state) : "" })}</b>
      <span class="cut">{target?.body}</span>
      <Button icon={X} small look="quiet" label={t("cancel")} onClick={() => stopAside(state.id, draft)} />
    </div>
  );
}

function stopAside(id: string, draft: Draft): void {
  drafts.value.change(id, draft.edit ? { edit: undefined } : { replyTo: undefined });
}

function hintFor(state: OpenState, draft: Draft): string {
  const holder = state.conversation?.assignee;
  if (draft.sending) return `${t("state.sending")}: ${draft.sending.text}`;
  if ((draft.edit ?? draft).mode === "note") return t("composer.hint.note");
  if (holder && holder.id !== myId.value && state.status === "open") return t("composer.hint.held", { name: holder.name });
  return t("composer.hint");
}

function editLast(state: OpenState): void {
  const last = state.items.findLast((item) => item.mine && item.seq !== undefined && !item.deleted && item.body !== undefined);
  if (last) beginEdit(state.id, last);
}

function grow(area: HTMLTextAreaElement | null): void {
  if (!area) return;
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, mostHeightPx)}px`;
}

function placeCaret(area: HTMLTextAreaElement | null, at: number, told: (caret: number) => void): void {
  requestAnimationFrame(() => {
    area?.focus();
    area?.setSelectionRange(at, at);
    told(at);
  });
}
