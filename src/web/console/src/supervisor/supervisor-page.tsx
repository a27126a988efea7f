import type { OperatorState } from "@gapless-chat/protocol";
import { Gauge } from "lucide";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { tones } from "../shell/me-menu";
import { actions } from "../state/actions";
import { counts, isSupervisor, myId, operators, rows } from "../state/chat";
import { now } from "../state/clock";
import { openLayer } from "../state/layers";
import { visitorName } from "../state/names";
import { goTo } from "../state/route";
import type { ListRow } from "../state/types";
import { type TextKey, t } from "../texts";
import { span } from "../texts/format";
import { Avatar } from "../ui/avatar";
import { Button } from "../ui/button";
import { Empty } from "../ui/empty";
import { type Load, loadsOf, longestWaitMs } from "./load";
import "./supervisor.css";

/** Who works, how much each has, and what waits; a supervisor takes over or gives away from here. */
export function SupervisorPage(): JSX.Element {
  if (!isSupervisor.value) {
    return (
      <main class="page">
        <Empty icon={Gauge} title={t("error.forbidden")} />
      </main>
    );
  }
  const loads = loadsOf(operators.value.values(), rows.value.values());
  const free = loads.reduce(
    (sum, load) => sum + (load.operator.availability === "online" ? Math.max(0, load.operator.capacity - load.open) : 0),
    0,
  );
  const wait = longestWaitMs(rows.value.values(), now.value);
  return (
    <main class="page">
      <div class="page-inner">
        <h1 class="page-title">{t("supervisor")}</h1>
        <dl class="tiles">
          <Tile name={t("tile.queue")} value={String(counts.value.queue)} tone={counts.value.queue > 0 ? "warn" : ""} />
          <Tile
            name={t("tile.wait")}
            value={wait === undefined ? "–" : span(wait)}
            tone={wait !== undefined && wait > 15 * 60_000 ? "bad" : ""}
          />
          <Tile
            name={t("tile.online")}
            value={String(loads.filter(({ operator }) => operator.availability === "online").length)}
          />
          <Tile name={t("tile.free")} value={String(free)} />
        </dl>
        <ul class="people">
          {loads.map((load) => (
            <Person key={load.operator.id} load={load} />
          ))}
        </ul>
      </div>
    </main>
  );
}

function Tile({ name, value, tone = "" }: { name: string; value: string; tone?: string }): JSX.Element {
  return (
    <div class={`tile ${tone}`}>
      <dt>{name}</dt>
      <dd class="numbers">{value}</dd>
    </div>
  );
}

function Person({ load }: { load: Load }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const { operator, rows: held, open } = load;
  return (
    <li class="person-row">
      <button type="button" class="person-head" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Avatar
          name={operator.name}
          seed={operator.id}
          picture={operator.avatar}
          size={32}
          dot={operator.online ? tones[operator.availability] : "none"}
        />
        <span class="person-name">
          <b class="cut">{operator.name}</b>
          <span class="muted cut">
            {t(`role.${operator.role}` as TextKey)} ·{" "}
            {operator.online ? t(`availability.${operator.availability}` as TextKey) : t("offline")}
          </span>
        </span>
        <LoadBar operator={operator} open={open} />
        <span class="person-waiting numbers">{load.waiting > 0 ? t("person.waiting", { n: load.waiting }) : ""}</span>
      </button>
      {isOpen && (
        <ul class="person-conversations">
          {held.map((row) => (
            <Held key={row.conversationId} row={row} holderId={operator.id} />
          ))}
          {held.length === 0 && <li class="muted person-none">{t("person.none")}</li>}
        </ul>
      )}
    </li>
  );
}

function LoadBar({ operator, open }: { operator: OperatorState; open: number }): JSX.Element {
  const share = Math.min(1, open / Math.max(1, operator.capacity));
  return (
    <span class={`load ${open >= operator.capacity ? "full" : ""}`}>
      <span class="load-track">
        <span class="load-fill" style={{ width: `${share * 100}%` }} />
      </span>
      <span class="numbers">
        {open} / {operator.capacity}
      </span>
    </span>
  );
}

function Held({ row, holderId }: { row: ListRow; holderId: string }): JSX.Element {
  const { conversationId: id } = row;
  return (
    <li class="held-row">
      <button type="button" class="held-link" onClick={() => goTo({ page: "work", view: "team", conversation: id })}>
        <bdi class="cut">{visitorName(row.visitor)}</bdi>
        <span class="muted cut">{row.lastMessage?.text ?? row.topic}</span>
      </button>
      {row.waitingSince && <span class="chip warn numbers">{span(now.value - Date.parse(row.waitingSince))}</span>}
      {holderId !== myId.value && (
        <Button small onClick={() => void actions.assign(id, { operatorId: myId.value })}>
          {t("take.over")}
        </Button>
      )}
      <Button small look="quiet" onClick={() => openLayer({ kind: "assign", id, hasNote: true })}>
        {t("transfer")}
      </Button>
    </li>
  );
}
