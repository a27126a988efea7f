export { type Composer, type ComposerOptions, useComposer } from "./composer.ts";
export { type ConversationView, useConversation, useConversations, useReading } from "./conversations.ts";
export { ChatProvider, type ChatProviderProps, useChat } from "./provider.tsx";
export { useConnection, useSession, useStore, useUnread } from "./stores.ts";
