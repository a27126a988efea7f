import { isBlank, limits } from "@gapless-chat/protocol";
import { Pencil, Plus, Trash2, Users } from "lucide";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api } from "../state/api";
import type { InboxSettings, OperatorSettings, TeamSettings } from "../state/types";
import { t } from "../texts";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Empty } from "../ui/empty";
import { TextField } from "../ui/field";
import { Checks } from "./checks";
import { save, useResource } from "./resource";

type Draft = Omit<TeamSettings, "id"> & { id?: string };

export function TeamsPage(): JSX.Element {
  const { value: teams, reload } = useResource(async () => (await api<{ teams: TeamSettings[] }>("GET", "/admin/teams")).teams);
  const [edited, setEdited] = useState<Draft>();
  const remove = async (id: string) => {
    if (await save(() => api("DELETE", `/admin/teams/${id}`))) await reload();
  };
  return (
    <>
      <header class="page-head">
        <div>
          <h1 class="page-title">{t("admin.teams")}</h1>
          <p class="muted">{t("admin.teams.text")}</p>
        </div>
        <Button icon={Plus} look="primary" onClick={() => setEdited({ name: "", members: [], inboxes: [] })}>
          {t("team.add")}
        </Button>
      </header>
      {teams?.length === 0 && <Empty icon={Users} title={t("team.none")} />}
      <ul class="cards">
        {teams?.map((team) => (
          <li key={team.id} class="card-row">
            <span class="card-text">
              <b class="cut">{team.name}</b>
              <span class="muted">
                {t("members.count", { n: team.members.length })} · {t("inboxes.count", { n: team.inboxes.length })}
              </span>
            </span>
            <Button icon={Pencil} small look="quiet" label={t("edit")} onClick={() => setEdited(team)} />
            <Button icon={Trash2} small look="quiet" label={t("delete")} onClick={() => void remove(team.id)} />
          </li>
        ))}
      </ul>
      {edited && (
        <EditTeam
          team={edited}
          onClose={() => {
            setEdited(undefined);
            void reload();
          }}
        />
      )}
    </>
  );
}

function EditTeam({ team, onClose }: { team: Draft; onClose: () => void }): JSX.Element {
  const [name, setName] = useState(team.name);
  const [members, setMembers] = useState<readonly string[]>(team.members);
  const [inboxes, setInboxes] = useState<readonly string[]>(team.inboxes);
  const { value: people } = useResource(
    async () => (await api<{ operators: OperatorSettings[] }>("GET", "/admin/operators")).operators,
  );
  const { value: places } = useResource(async () => (await api<{ inboxes: InboxSettings[] }>("GET", "/admin/inboxes")).inboxes);
  const submit = async () => {
    const draft = { name: name.trim(), members, inboxes };
    if (await save(() => (team.id ? api("PUT", `/admin/teams/${team.id}`, draft) : api("POST", "/admin/teams", draft))))
      onClose();
  };
  return (
    <Dialog title={t(team.id ? "team.edit" : "team.add")} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField label={t("name")} required maxLength={limits.NameLength} autofocus value={name} onInput={setName} />
        <Checks label={t("members")} all={people ?? []} chosen={members} onChange={setMembers} />
        <Checks label={t("inboxes")} all={places ?? []} chosen={inboxes} onChange={setInboxes} />
        <div class="dialog-actions">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" look="primary" disabled={isBlank(name)}>
            {t("save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
