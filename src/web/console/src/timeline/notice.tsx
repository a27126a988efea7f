import type { TimelineItem } from "@gapless-chat/client";
import type { EventData } from "@gapless-chat/protocol";
import type { IconNode } from "lucide";
import { AlarmClock, ArrowRightLeft, Ban, CircleCheck, Info, ShieldCheck, Star, Tag, UserRoundCheck } from "lucide";
import type { JSX } from "preact";
import { visitorName } from "../state/names";
import type { OpenState } from "../state/types";
import { languages, type TextKey, t } from "../texts";
import { clockTime, dayAndTime } from "../texts/format";
import { Icon } from "../ui/icon";

/** A line that tells a change: status, assignment, tags, rating, the service's own words. */
export function Notice({ item, state }: { item: TimelineItem; state: OpenState }): JSX.Element | null {
  const data = (item.data ?? {}) as EventData;
  const who = item.actor.kind === "visitor" ? visitorName(state.conversation.visitor) : (item.actor.name ?? t("service"));
  const said = say(item, data, who);
  if (!said) return null;
  return (
    <p class={`notice${item.type === "rated" ? " rated" : ""}`}>
      <Icon of={said.icon} size={13} />
      <span>
        {said.text}
        {item.type === "rated" && data.comment && <q>{data.comment}</q>}
      </span>
      <time class="muted" title={dayAndTime(item.at)}>
        {clockTime(item.at)}
      </time>
    </p>
  );
}

function say(item: TimelineItem, data: EventData, who: string): { icon: IconNode; text: string } | undefined {
  switch (item.type) {
    case "assigned":
      return { icon: data.assignee ? UserRoundCheck : ArrowRightLeft, text: sayAssigned(item, data, who) };
    case "status":
      return sayStatus(data, who);
    case "tagged":
      return { icon: Tag, text: sayTags(data, who) };
    case "rated":
      return { icon: Star, text: t("event.rated", { who, score: data.score ?? 0 }) };
    case "system": {
      const key = `system.${data.code}`;
      return { icon: Info, text: key in languages.en ? t(key as TextKey) : t("system.other") };
    }
    case "visitor":
      return sayVisitor(data, who);
    default:
      return undefined;
  }
}

function sayVisitor({ code, visitor }: EventData, who: string): { icon: IconNode; text: string } | undefined {
  if (code === "blocked") return { icon: Ban, text: t("event.blocked", { who }) };
  if (code === "unblocked") return { icon: Ban, text: t("event.unblocked", { who }) };
  if (code === "identified" && visitor) return { icon: ShieldCheck, text: t("event.identified", { who: visitorName(visitor) }) };
  return undefined;
}

function sayAssigned(item: TimelineItem, data: EventData, who: string): string {
  if (data.assignee) {
    return data.assignee.id === item.actor.id
      ? t("event.claimed", { who })
      : t("event.assigned", { who, to: data.assignee.name });
  }
  return data.team ? t("event.team", { who, to: data.team.name }) : t("event.unassigned", { who });
}

function sayStatus(data: EventData, who: string): { icon: IconNode; text: string } | undefined {
  const { status, previousStatus } = data;
  if (status === "closed") return { icon: CircleCheck, text: t("event.closed", { who }) };
  if (status === "snoozed")
    return {
      icon: AlarmClock,
      text: t("event.snoozed", { who, until: data.snoozedUntil ? dayAndTime(Date.parse(data.snoozedUntil)) : "" }),
    };
  if (previousStatus === undefined) return { icon: Info, text: t("event.opened", { who }) };
  if (previousStatus === "closed") return { icon: Info, text: t("event.reopened", { who }) };
  if (previousStatus === "snoozed") return { icon: AlarmClock, text: t("event.woken") };
  // Taking it and giving it back are told by the event "assigned" beside this one.
  return undefined;
}

function sayTags(data: EventData, who: string): string {
  const parts = [...(data.added ?? []).map((tag) => `+${tag}`), ...(data.removed ?? []).map((tag) => `−${tag}`)];
  return t("event.tagged", { who, tags: parts.join(", ") });
}
