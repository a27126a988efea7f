import type { TimelineItem } from "@gapless-chat/client";
import type { IconNode } from "lucide";
import { Check, CheckCheck, CircleAlert, Clock } from "lucide";
import type { JSX } from "preact";
import { type TextKey, t } from "../texts";
import { Icon } from "../ui/icon";

const icons: Record<string, IconNode> = {
  sending: Clock,
  failed: CircleAlert,
  held: CircleAlert,
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
};

/** How far a line has got; of one that is being changed, the change. */
export function shownState({ state, pending, error }: TimelineItem): TimelineItem["state"] {
  if (error !== undefined) return "failed";
  return pending ? "sending" : state;
}

export function SendState({ item }: { item: TimelineItem }): JSX.Element {
  const state = shownState(item);
  const text = t(`state.${state}` as TextKey);
  return (
    <span class={`send-state is-${state}`} title={text}>
      <Icon of={icons[state] ?? Check} size={13} />
      <span class="unseen">{text}</span>
    </span>
  );
}
