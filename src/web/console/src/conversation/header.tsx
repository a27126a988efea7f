import type { Conversation } from "@gapless-chat/protocol";
import { AlarmClock, ArrowRightLeft, Check, Eye, Hand, PanelRight, RotateCcw } from "lucide";
import type { JSX } from "preact";
import { SnoozeMenu } from "../actions/snooze-menu";
import { actions } from "../state/actions";
import { isSupervisor, myId } from "../state/chat";
import { closeLayer, layer, openLayer } from "../state/layers";
import { visitorName } from "../state/names";
import { hasPanel, togglePanel } from "../state/panel";
import type { OpenState } from "../state/types";
import { t } from "../texts";
import { dayAndTime } from "../texts/format";
import { Avatar } from "../ui/avatar";
import { Button } from "../ui/button";
import { Icon } from "../ui/icon";

export function Header({ state }: { state: OpenState }): JSX.Element {
  const { conversation } = state;
  const name = visitorName(conversation.visitor);
  const others = state.viewing.filter((actor) => actor.id !== myId.value);
  return (
    <header class="bar">
      <Avatar
        name={conversation.visitor.name}
        seed={conversation.visitor.id}
        size={30}
        dot={state.online ? "good" : "none"}
        dotLabel={state.online ? t("online") : undefined}
      />
      <div class="bar-text">
        <h2 class="cut">
          <bdi>{name}</bdi>
        </h2>
        <p class="bar-more cut">
          <Status conversation={conversation} />
          {conversation.topic && <bdi> · {conversation.topic}</bdi>}
        </p>
      </div>
      {others.length > 0 && (
        <span class="chip warn viewers" title={others.map((actor) => actor.name).join(", ")}>
          <Icon of={Eye} size={12} />
          <span class="cut">{t("viewing", { n: others.length, names: others.map((actor) => actor.name).join(", ") })}</span>
        </span>
      )}
      <div class="bar-actions">
        <Buttons state={state} />
        <Button
          icon={PanelRight}
          look="quiet"
          label={`${t("panel")} (])`}
          aria-pressed={hasPanel.value}
          onClick={() => togglePanel()}
        />
      </div>
    </header>
  );
}

function Status({ conversation }: { conversation: Conversation }): JSX.Element {
  const { status, assignee, team, snoozedUntil } = conversation;
  if (status === "queued")
    return <span class="tone-warn">{team ? t("status.team", { name: team.name }) : t("status.queued")}</span>;
  if (status === "closed") return <span>{t("status.closed")}</span>;
  if (status === "snoozed")
    return <span>{t("status.snoozed", { until: snoozedUntil ? dayAndTime(Date.parse(snoozedUntil)) : "" })}</span>;
  return <span>{assignee?.id === myId.value ? t("status.mine") : t("status.held", { name: assignee?.name ?? "" })}</span>;
}

function Buttons({ state }: { state: OpenState }): JSX.Element {
  const { id } = state;
  const holder = state.conversation.assignee?.id;
  if (state.status === "closed") {
    return (
      <Button icon={RotateCcw} onClick={() => void actions.reopen(id)}>
        {t("reopen")}
      </Button>
    );
  }
  const isFree = holder === undefined;
  const mayTakeOver = !isFree && holder !== myId.value && isSupervisor.value;
  const isSnoozing = layer.value.kind === "snooze" && layer.value.id === id;
  return (
    <>
      {isFree && (
        <Button icon={Hand} look="primary" label={`${t("claim")} (C)`} onClick={() => void actions.claim(id)}>
          {t("claim")}
        </Button>
      )}
      {mayTakeOver && (
        <Button icon={Hand} onClick={() => void actions.assign(id, { operatorId: myId.value })}>
          {t("take.over")}
        </Button>
      )}
      <Button
        icon={ArrowRightLeft}
        look="quiet"
        label={`${t("assign")} (A)`}
        onClick={() => openLayer({ kind: "assign", id, hasNote: false })}
      />
      <span class="menu-place">
        <Button
          icon={AlarmClock}
          look="quiet"
          label={`${t("snooze")} (S)`}
          aria-haspopup="dialog"
          aria-expanded={isSnoozing}
          onClick={() => (isSnoozing ? closeLayer() : openLayer({ kind: "snooze", id }))}
        />
        {isSnoozing && <SnoozeMenu id={id} />}
      </span>
      <Button icon={Check} label={`${t("close.conversation")} (E)`} onClick={() => void actions.close(id)}>
        {t("close.short")}
      </Button>
    </>
  );
}
