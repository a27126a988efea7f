import { isBlank, limits } from "@gapless-chat/protocol";
import { BookText, Pencil, Plus, Trash2 } from "lucide";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api } from "../state/api";
import { inboxes, inboxNames, isSupervisor } from "../state/chat";
import { unknownPlaceholders } from "../state/placeholders";
import { loadReplies, replies } from "../state/replies";
import type { CannedReply } from "../state/types";
import { t } from "../texts";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Empty } from "../ui/empty";
import { AreaField, ChoiceField, TextField } from "../ui/field";
import { save } from "./resource";

type Draft = Omit<CannedReply, "id"> & { id?: string };

const personal = "";

export function RepliesPage(): JSX.Element {
  const [edited, setEdited] = useState<Draft>();
  useEffect(() => void loadReplies(), []);
  const remove = async (id: string) => {
    if (await save(() => api("DELETE", `/canned-replies/${id}`))) await loadReplies();
  };
  return (
    <>
      <header class="page-head">
        <div>
          <h1 class="page-title">{t("admin.replies")}</h1>
          <p class="muted">{t("admin.replies.text")}</p>
        </div>
        <Button icon={Plus} look="primary" onClick={() => setEdited({ shortcut: "", title: "", body: "", shared: false })}>
          {t("canned.add")}
        </Button>
      </header>
      {replies.value.length === 0 && <Empty icon={BookText} title={t("canned.none")} />}
      <ul class="cards">
        {replies.value.map((reply) => (
          <li key={reply.id} class="card-row">
            <code class="reply-shortcut cut">/{reply.shortcut}</code>
            <span class="card-text">
              <b class="cut">{reply.title}</b>
              <span class="muted cut">{reply.body}</span>
            </span>
            <span class={`chip${reply.shared ? " accent" : ""}`}>
              {reply.shared ? (inboxNames.value.get(reply.inboxId ?? "") ?? t("canned.shared")) : t("canned.personal")}
            </span>
            {(!reply.shared || isSupervisor.value) && (
              <>
                <Button icon={Pencil} small look="quiet" label={t("edit")} onClick={() => setEdited(reply)} />
                <Button icon={Trash2} small look="quiet" label={t("delete")} onClick={() => void remove(reply.id)} />
              </>
            )}
          </li>
        ))}
      </ul>
      {edited && <EditReply reply={edited} onClose={() => setEdited(undefined)} />}
    </>
  );
}

function EditReply({ reply, onClose }: { reply: Draft; onClose: () => void }): JSX.Element {
  const [shortcut, setShortcut] = useState(reply.shortcut);
  const [title, setTitle] = useState(reply.title);
  const [body, setBody] = useState(reply.body);
  const [inboxId, setInboxId] = useState(reply.shared ? (reply.inboxId ?? personal) : personal);
  const isShortcut = /^[\p{L}\p{N}_-]{1,32}$/u.test(shortcut);
  const unknown = unknownPlaceholders(body);
  const submit = async () => {
    const draft = {
      shortcut,
      title: title.trim(),
      body,
      shared: inboxId !== personal,
      ...(inboxId === personal ? {} : { inboxId }),
    };
    const isDone = await save(() =>
      reply.id ? api("PUT", `/canned-replies/${reply.id}`, draft) : api("POST", "/canned-replies", draft),
    );
    if (isDone && (await loadReplies())) onClose();
  };
  return (
    <Dialog title={t(reply.id ? "canned.edit" : "canned.add")} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <div class="form-row">
          <TextField
            label={t("canned.shortcut")}
            hint={t("canned.shortcut.hint")}
            wrong={shortcut && !isShortcut ? t("canned.shortcut.wrong") : undefined}
            maxLength={limits.ShortcutLength}
            autofocus
            value={shortcut}
            onInput={setShortcut}
          />
          <TextField label={t("canned.title")} maxLength={limits.NameLength} value={title} onInput={setTitle} />
        </div>
        <AreaField
          label={t("canned.body")}
          hint={unknown.length > 0 ? t("canned.unknown", { names: unknown.join(", ") }) : t("canned.placeholders")}
          rows={6}
          maxLength={limits.BodyLength}
          value={body}
          onInput={setBody}
        />
        {isSupervisor.value && (
          <ChoiceField
            label={t("canned.for")}
            value={inboxId}
            options={[
              { value: personal, label: t("canned.only.me") },
              ...inboxes.value.map((inbox) => ({ value: inbox.id, label: t("canned.for.inbox", { name: inbox.name }) })),
            ]}
            onPick={setInboxId}
          />
        )}
        <div class="dialog-actions">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" look="primary" disabled={!isShortcut || isBlank(title) || isBlank(body)}>
            {t("save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
