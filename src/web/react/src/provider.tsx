import type { VisitorChat } from "@gapless-chat/client";
import { createContext, type ReactElement, type ReactNode, useContext } from "react";

const ChatContext = createContext<VisitorChat | undefined>(undefined);

export interface ChatProviderProps {
  chat: VisitorChat;
  children?: ReactNode;
}

/** Gives a chat to the hooks below it. The app makes, starts and stops the chat, which lives longer than what shows it. */
export function ChatProvider({ chat, children }: ChatProviderProps): ReactElement {
  return <ChatContext.Provider value={chat}>{children}</ChatContext.Provider>;
}

/** The chat of the nearest `ChatProvider`. Throws where there is none. */
export function useChat(): VisitorChat {
  const chat = useContext(ChatContext);
  if (!chat) throw new Error("There is no ChatProvider around this component.");
  return chat;
}
