import type { AssignTo } from "@gapless-chat/client";
import { isBlank, limits } from "@gapless-chat/protocol";
import { Inbox, Users } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { tones } from "../shell/me-menu";
import { actions, attempt } from "../state/actions";
import { api } from "../state/api";
import { conversations, myId, operators, rows } from "../state/chat";
import { closeLayer } from "../state/layers";
import type { Assignees, Availability } from "../state/types";
import { type TextKey, t } from "../texts";
import { Avatar } from "../ui/avatar";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { AreaField } from "../ui/field";
import { Icon } from "../ui/icon";
import "./assign.css";

interface Target {
  key: string;
  to: AssignTo;
  name: string;
  face: ComponentChildren;
  more: string;
}

/** Gives a conversation to somebody, with a word to him where one is wanted: then it is a transfer and the word becomes a note. */
export function AssignDialog({ id, hasNote }: { id: string; hasNote: boolean }): JSX.Element {
  const inboxId = conversations.value.get(id)?.conversation?.inboxId ?? rows.value.get(id)?.inboxId;
  const found = useAssignees(inboxId);
  const [search, setSearch] = useState("");
  const [note, setNote] = useState("");
  const [at, setAt] = useState(0);
  const targets = useMemo(() => targetsOf(found, search), [found, search, operators.value]);
  const chosen = targets[Math.min(at, targets.length - 1)];
  const assign = async () => {
    if (!chosen) return;
    closeLayer();
    await (!isBlank(note) ? actions.transfer(id, chosen.to, note.trim()) : actions.assign(id, chosen.to));
  };
  return (
    <Dialog title={t("assign.title")} onClose={closeLayer}>
      <form
        class="assign"
        onSubmit={(event) => {
          event.preventDefault();
          void assign();
        }}
      >
        <input
          class="input"
          role="combobox"
          aria-expanded="true"
          aria-controls="assign-list"
          aria-activedescendant={chosen ? `assign-${chosen.key}` : undefined}
          aria-label={t("assign.search")}
          placeholder={t("assign.search")}
          autofocus={!hasNote}
          value={search}
          onInput={(event) => {
            setSearch(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
            if (step === 0) return;
            event.preventDefault();
            setAt((now) => Math.max(0, Math.min(targets.length - 1, now + step)));
          }}
        />
        <div id="assign-list" class="assign-list" role="listbox" aria-label={t("assign.title")}>
          {targets.map((target, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys go to the search field, which names the chosen option
            <div
              key={target.key}
              id={`assign-${target.key}`}
              role="option"
              tabIndex={-1}
              aria-selected={target === chosen}
              class="menu-item"
              onClick={() => setAt(index)}
              onDblClick={() => void assign()}
            >
              {target.face}
              <span class="cut">{target.name}</span>
              <span class="end">{target.more}</span>
            </div>
          ))}
          {targets.length === 0 && <p class="muted assign-none">{t("empty.search")}</p>}
        </div>
        <AreaField
          label={t("assign.note")}
          hint={t("assign.note.hint")}
          rows={2}
          maxLength={limits.BodyLength}
          value={note}
          onInput={setNote}
        />
        <div class="dialog-actions">
          <Button onClick={closeLayer}>{t("cancel")}</Button>
          <Button type="submit" look="primary" disabled={!chosen}>
            {t(!isBlank(note) ? "transfer" : "assign")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function useAssignees(inboxId: string | undefined): Assignees {
  const [found, setFound] = useState<Assignees>({ operators: [], teams: [] });
  useEffect(() => {
    if (inboxId) void attempt(async () => setFound(await api<Assignees>("GET", `/inboxes/${inboxId}/assignees`)));
  }, [inboxId]);
  return found;
}

/** Me first, then teams, colleagues who take conversations before those who do not, and the queue. */
function targetsOf(found: Assignees, search: string): Target[] {
  const people = found.operators.map((face) => ({ face, state: operators.value.get(face.id ?? "") }));
  const rank = (id: string | undefined, state: Availability | undefined) =>
    id === myId.value ? 0 : state === "online" ? 1 : state === "away" ? 2 : 3;
  people.sort(
    (a, b) =>
      rank(a.face.id, a.state?.availability) - rank(b.face.id, b.state?.availability) || a.face.name.localeCompare(b.face.name),
  );
  const all: Target[] = people.map(({ face, state }) => ({
    key: face.id ?? face.name,
    to: { operatorId: face.id ?? "" },
    name: face.id === myId.value ? t("assign.me", { name: face.name }) : face.name,
    face: (
      <Avatar name={face.name} seed={face.id} picture={face.avatar} size={22} dot={state ? tones[state.availability] : "none"} />
    ),
    more: state ? `${t(`availability.${state.availability}` as TextKey)} · ${state.open}/${state.capacity}` : "",
  }));
  const teams: Target[] = found.teams.map((team) => ({
    key: team.id,
    to: { teamId: team.id },
    name: team.name,
    face: <Icon of={Users} size={18} />,
    more: t("team"),
  }));
  const queue: Target = { key: "queue", to: {}, name: t("assign.queue"), face: <Icon of={Inbox} size={18} />, more: "" };
  const wanted = search.trim().toLocaleLowerCase();
  return [...all, ...teams, queue].filter((target) => target.name.toLocaleLowerCase().includes(wanted));
}
