import type { JSX } from "preact";
import { api } from "../../state/api";
import type { OperatorSettings } from "../../state/types";
import { type TextKey, t } from "../../texts";
import { Avatar } from "../../ui/avatar";
import { save, useResource } from "../resource";
import type { TabProps } from "./inbox-page";

export function MembersTab({ inbox, reload }: TabProps): JSX.Element {
  const { value: operators } = useResource(
    async () => (await api<{ operators: OperatorSettings[] }>("GET", "/admin/operators")).operators,
  );
  const change = async (id: string, isMember: boolean) => {
    await save(() => api(isMember ? "PUT" : "DELETE", `/admin/inboxes/${inbox.id}/members/${id}`));
    await reload();
  };
  return (
    <div class="form">
      <p class="muted">{t("members.text")}</p>
      <ul class="cards">
        {operators?.map((operator) => (
          <li key={operator.id}>
            <label class="card-row">
              <input
                type="checkbox"
                class="check"
                checked={inbox.members.includes(operator.id)}
                onChange={(event) => void change(operator.id, event.currentTarget.checked)}
              />
              <Avatar name={operator.name} seed={operator.id} picture={operator.avatar} size={26} />
              <span class="card-text">
                <b class="cut">{operator.name}</b>
                <span class="muted cut">{operator.email}</span>
              </span>
              <span class="chip">{t(`role.${operator.role}` as TextKey)}</span>
            </label>
          </li>
        ))}
      </ul>
    </div>
  );
}
