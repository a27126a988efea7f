import { isBlank, limits } from "@gapless-chat/protocol";
import { Inbox, Plus } from "lucide";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { attempt } from "../state/actions";
import { api } from "../state/api";
import { goTo, pathOf } from "../state/route";
import type { InboxSettings } from "../state/types";
import { t } from "../texts";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Empty } from "../ui/empty";
import { TextField } from "../ui/field";
import { useResource } from "./resource";

export function InboxesPage(): JSX.Element {
  const { value: inboxes } = useResource(async () => (await api<{ inboxes: InboxSettings[] }>("GET", "/admin/inboxes")).inboxes);
  const [isAdding, setAdding] = useState(false);
  return (
    <>
      <header class="page-head">
        <div>
          <h1 class="page-title">{t("admin.inboxes")}</h1>
          <p class="muted">{t("admin.inboxes.text")}</p>
        </div>
        <Button icon={Plus} look="primary" onClick={() => setAdding(true)}>
          {t("inbox.add")}
        </Button>
      </header>
      {inboxes?.length === 0 && <Empty icon={Inbox} title={t("inbox.none")} />}
      <ul class="cards">
        {inboxes?.map((inbox) => (
          <li key={inbox.id}>
            <a class="card-row" href={pathOf({ page: "admin", section: "inboxes", id: inbox.id })}>
              <span class="inbox-mark big" style={{ background: inbox.appearance?.color ?? "var(--text-3)" }} />
              <span class="card-text">
                <b class="cut">{inbox.name}</b>
                <span class="muted cut">{inbox.origins.length > 0 ? inbox.origins.join(", ") : t("inbox.no.origins")}</span>
              </span>
              <span class="muted">{t("members.count", { n: inbox.members.length })}</span>
            </a>
          </li>
        ))}
      </ul>
      {isAdding && <AddInbox onClose={() => setAdding(false)} />}
    </>
  );
}

function AddInbox({ onClose }: { onClose: () => void }): JSX.Element {
  const [name, setName] = useState("");
  const [origin, setOrigin] = useState("");
  const add = () =>
    attempt(async () => {
      const inbox = await api<InboxSettings>("POST", "/admin/inboxes", {
        name: name.trim(),
        origins: origin.trim() ? [origin.trim()] : [],
      });
      onClose();
      goTo({ page: "admin", section: "inboxes", id: inbox.id, tab: "install" });
    });
  return (
    <Dialog title={t("inbox.add")} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <TextField label={t("name")} required maxLength={limits.NameLength} autofocus value={name} onInput={setName} />
        <TextField
          label={t("inbox.origin")}
          hint={t("inbox.origin.hint")}
          type="url"
          placeholder="https://shop.example"
          value={origin}
          onInput={setOrigin}
        />
        <div class="dialog-actions">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" look="primary" disabled={isBlank(name)}>
            {t("add")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
