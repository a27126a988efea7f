import { isBlank, limits } from "@gapless-chat/protocol";
import { KeyRound, Plus } from "lucide";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { attempt } from "../state/actions";
import { api } from "../state/api";
import { myId } from "../state/chat";
import type { AddedOperator, InboxSettings, OperatorSettings, Role } from "../state/types";
import { type TextKey, t } from "../texts";
import { Avatar } from "../ui/avatar";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { ChoiceField, TextField } from "../ui/field";
import { Checks } from "./checks";
import { save, useResource } from "./resource";
import { Copyable } from "./secret";

const roles: readonly Role[] = ["operator", "supervisor", "admin"];

export function OperatorsPage(): JSX.Element {
  const { value: operators, reload } = useResource(
    async () => (await api<{ operators: OperatorSettings[] }>("GET", "/admin/operators")).operators,
  );
  const [isInviting, setInviting] = useState(false);
  const [added, setAdded] = useState<AddedOperator>();
  const patch = async (id: string, change: { role?: Role; disabled?: boolean }) => {
    await save(() => api("PATCH", `/admin/operators/${id}`, change));
    await reload();
  };
  const renew = (id: string) =>
    attempt(async () => setAdded(await api<AddedOperator>("POST", `/admin/operators/${id}/password`)));
  return (
    <>
      <header class="page-head">
        <div>
          <h1 class="page-title">{t("admin.operators")}</h1>
          <p class="muted">{t("admin.operators.text")}</p>
        </div>
        <Button icon={Plus} look="primary" onClick={() => setInviting(true)}>
          {t("operator.invite")}
        </Button>
      </header>
      <ul class="cards">
        {operators?.map((operator) => (
          <OperatorRow
            key={operator.id}
            operator={operator}
            onPatch={(change) => void patch(operator.id, change)}
            onRenew={() => void renew(operator.id)}
          />
        ))}
      </ul>
      {isInviting && (
        <Invite
          onClose={() => setInviting(false)}
          onAdded={(one) => {
            setInviting(false);
            setAdded(one);
            void reload();
          }}
        />
      )}
      {added && <Password added={added} onClose={() => setAdded(undefined)} />}
    </>
  );
}

interface RowProps {
  operator: OperatorSettings;
  onPatch: (change: { role?: Role; disabled?: boolean }) => void;
  onRenew: () => void;
}

function OperatorRow({ operator, onPatch, onRenew }: RowProps): JSX.Element {
  // The server refuses changes of one's own account, so that one admin always remains.
  const isMe = operator.id === myId.value;
  return (
    <li class={`card-row${operator.disabled ? " disabled" : ""}`}>
      <Avatar name={operator.name} seed={operator.id} picture={operator.avatar} size={30} />
      <span class="card-text">
        <b class="cut">{operator.name}</b>
        <span class="muted cut">{operator.email}</span>
      </span>
      {operator.disabled && <span class="chip bad">{t("operator.disabled")}</span>}
      {isMe ? (
        <span class="chip">{t(`role.${operator.role}` as TextKey)}</span>
      ) : (
        <>
          <select
            class="input role"
            aria-label={t("role.of", { name: operator.name })}
            value={operator.role}
            onChange={(event) => onPatch({ role: event.currentTarget.value as Role })}
          >
            {roles.map((role) => (
              <option key={role} value={role} selected={role === operator.role}>
                {t(`role.${role}` as TextKey)}
              </option>
            ))}
          </select>
          <Button icon={KeyRound} small look="quiet" label={t("operator.password")} onClick={onRenew} />
          <Button small look="quiet" onClick={() => onPatch({ disabled: !operator.disabled })}>
            {t(operator.disabled ? "operator.enable" : "operator.disable")}
          </Button>
        </>
      )}
    </li>
  );
}

function Invite({ onClose, onAdded }: { onClose: () => void; onAdded: (added: AddedOperator) => void }): JSX.Element {
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const [inboxes, setInboxes] = useState<readonly string[]>([]);
  const { value: places } = useResource(async () => (await api<{ inboxes: InboxSettings[] }>("GET", "/admin/inboxes")).inboxes);
  const add = () =>
    attempt(async () =>
      onAdded(await api<AddedOperator>("POST", "/admin/operators", { email: email.trim(), name: name.trim(), role, inboxes })),
    );
  return (
    <Dialog title={t("operator.invite")} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <TextField
          label={t("name")}
          hint={t("operator.name.hint")}
          required
          maxLength={limits.NameLength}
          autofocus
          value={name}
          onInput={setName}
        />
        <TextField label={t("email")} type="email" required value={email} onInput={setEmail} />
        <ChoiceField
          label={t("role")}
          value={role}
          options={roles.map((one) => ({ value: one, label: t(`role.${one}` as TextKey) }))}
          hint={t(`role.${role}.hint` as TextKey)}
          onPick={setRole}
        />
        <Checks label={t("inboxes")} all={places ?? []} chosen={inboxes} onChange={setInboxes} />
        <div class="dialog-actions">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" look="primary" disabled={isBlank(name) || isBlank(email)}>
            {t("operator.add")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Password({ added, onClose }: { added: AddedOperator; onClose: () => void }): JSX.Element {
  return (
    <Dialog title={t("operator.ready", { name: added.operator.name })} onClose={onClose}>
      <p>{t("operator.password.once")}</p>
      <Copyable text={added.operator.email} label={t("email")} />
      <Copyable text={added.password} label={t("password")} />
      <div class="dialog-actions">
        <Button look="primary" onClick={onClose}>
          {t("done")}
        </Button>
      </div>
    </Dialog>
  );
}
