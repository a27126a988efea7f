import type { TimelineItem } from "@chat/client";
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

export function SendState({ item }: { item: TimelineItem }): JSX.Element {
  const text = t(`state.${item.state}` as TextKey);
  return (
    <span class={`send-state is-${item.state}`} title={text}>
      <Icon of={icons[item.state] ?? Check} size={13} />
      <span class="unseen">{text}</span>
    </span>
  );
}
