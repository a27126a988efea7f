import { isBlank } from "@gapless-chat/protocol";
import { Plus, Trash2 } from "lucide";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api } from "../../state/api";
import type { IdentityKey } from "../../state/types";
import { t } from "../../texts";
import { dayAndTime } from "../../texts/format";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { AreaField, ChoiceField, TextField } from "../../ui/field";
import { save, useEdited, useResource } from "../resource";
import { SaveBar } from "../save-bar";
import { Copyable } from "../secret";
import type { TabProps } from "./inbox-page";
import { originsOf, wrongOrigin } from "./origins";

/** Where the widget may stand, and the keys by which the host site vouches for its customers. */
export function SecurityTab({ inbox, patch }: TabProps): JSX.Element {
  const saved = { text: inbox.origins.join("\n") };
  const { value, isChanged, change, reset } = useEdited(saved);
  const origins = originsOf(value.text);
  const bad = wrongOrigin(origins);
  return (
    <>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void patch({ origins });
        }}
      >
        <AreaField
          label={t("origins")}
          hint={t("origins.hint")}
          mono
          rows={4}
          value={value.text}
          onInput={(text) => change({ text })}
        />
        <SaveBar
          isChanged={isChanged}
          wrong={bad === undefined ? undefined : t("origins.wrong", { origin: bad })}
          onReset={() => reset(saved)}
        />
      </form>
      <Keys inboxId={inbox.id} />
    </>
  );
}

function Keys({ inboxId }: { inboxId: string }): JSX.Element {
  const { value: keys, reload } = useResource(
    async () => (await api<{ keys: IdentityKey[] }>("GET", `/admin/inboxes/${inboxId}/identity-keys`)).keys,
  );
  const [isAdding, setAdding] = useState(false);
  const remove = async (kid: string) => {
    if (await save(() => api("DELETE", `/admin/inboxes/${inboxId}/identity-keys/${encodeURIComponent(kid)}`))) await reload();
  };
  return (
    <section class="form part">
      <header class="page-head">
        <div>
          <h2>{t("keys")}</h2>
          <p class="muted">{t("keys.text")}</p>
        </div>
        <Button icon={Plus} onClick={() => setAdding(true)}>
          {t("keys.add")}
        </Button>
      </header>
      <ul class="cards">
        {keys?.map((key) => (
          <li key={key.kid} class="card-row">
            <span class="card-text">
              <b class="mono cut">{key.kid}</b>
              <span class="muted">
                {key.algorithm} · {dayAndTime(Date.parse(key.createdAt))}
              </span>
            </span>
            <Button icon={Trash2} small look="quiet" label={t("delete")} onClick={() => void remove(key.kid)} />
          </li>
        ))}
        {keys?.length === 0 && <li class="card-row muted">{t("keys.none")}</li>}
      </ul>
      {isAdding && (
        <AddKey
          inboxId={inboxId}
          onClose={() => {
            setAdding(false);
            void reload();
          }}
        />
      )}
    </section>
  );
}

const algorithms = ["HS256", "RS256", "ES256"] as const;

function AddKey({ inboxId, onClose }: { inboxId: string; onClose: () => void }): JSX.Element {
  const [kid, setKid] = useState(() => `key-${new Date().toISOString().slice(0, 10)}`);
  const [algorithm, setAlgorithm] = useState<(typeof algorithms)[number]>("HS256");
  const [secret, setSecret] = useState(newSecret);
  const [isAdded, setAdded] = useState(false);
  const isShared = algorithm === "HS256";
  const add = async () =>
    setAdded(
      await save(() => api("PUT", `/admin/inboxes/${inboxId}/identity-keys/${encodeURIComponent(kid)}`, { algorithm, secret })),
    );
  return (
    <Dialog title={t("keys.add")} onClose={onClose}>
      {isAdded ? (
        <div class="form">
          <p>{t(isShared ? "keys.once" : "keys.done")}</p>
          {isShared && <Copyable text={secret} label={t("keys.secret")} isBlock />}
          <div class="dialog-actions">
            <Button look="primary" onClick={onClose}>
              {t("done")}
            </Button>
          </div>
        </div>
      ) : (
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <TextField label={t("keys.kid")} hint={t("keys.kid.hint")} required maxLength={64} value={kid} onInput={setKid} />
          <ChoiceField
            label={t("keys.algorithm")}
            value={algorithm}
            options={algorithms.map((one) => ({ value: one, label: one }))}
            onPick={(one) => {
              setAlgorithm(one);
              setSecret(one === "HS256" ? newSecret() : "");
            }}
          />
          <AreaField
            label={t(isShared ? "keys.secret" : "keys.public")}
            mono
            rows={isShared ? 2 : 6}
            value={secret}
            onInput={setSecret}
          />
          <div class="dialog-actions">
            <Button onClick={onClose}>{t("cancel")}</Button>
            <Button type="submit" look="primary" disabled={isBlank(kid) || !secret.trim()}>
              {t("add")}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

function newSecret(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))));
}
