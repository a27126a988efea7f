import { ChatError, type ConnectionState, type ConversationState, type Store } from "@gapless-chat/client";
import type { PageChat } from "@gapless-chat/client/widget";
import type { WidgetSettings } from "@gapless-chat/protocol";
import type { View } from "../../../widget/src/frame/state";

export interface Story {
  readonly settings: WidgetSettings | "not_found" | "network";
  readonly conversations: readonly ConversationState[];
  readonly connection?: ConnectionState;
  readonly view?: View;
}

/** A client that is in one state and stays there. Only for looking at it. */
export function chatOf(story: Story): PageChat {
  const still = <T>(value: T): Store<T> => ({ value, subscribe: () => () => {} });
  const never = () => new Promise<never>(() => {});
  return {
    connection: still(story.connection ?? { status: "online", transport: "socket" }),
    conversations: still(new Map(story.conversations.map((one) => [one.id, one]))),
    session: still({ identified: false }),
    aliases: new Map(),
    start: async () => {},
    stop: async () => {},
    visible: () => {},
    identify: async () => {},
    logout: async () => {},
    open: () => "",
    send: () => "",
    edit: () => {},
    remove: () => {},
    retry: () => {},
    discard: () => undefined,
    rate: never,
    close: never,
    read: () => {},
    typing: () => {},
    loadOlder: never,
    transcript: never,
    widget: async () => {
      if (typeof story.settings === "string") throw new ChatError(story.settings);
      return story.settings;
    },
  };
}
