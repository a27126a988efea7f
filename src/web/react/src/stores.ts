import type { ConnectionState, Store, VisitorSessionState } from "@gapless-chat/client";
import { useCallback, useSyncExternalStore } from "react";
import { useChat } from "./provider.tsx";

/** The value of a store, now and after each change. */
export function useStore<T>(store: Store<T>): T {
  const subscribe = useCallback((changed: () => void) => store.subscribe(changed), [store]);
  const read = () => store.value;
  return useSyncExternalStore(subscribe, read, read);
}

/** What the connection is doing. */
export function useConnection(): ConnectionState {
  return useStore(useChat().connection);
}

/** Whom the server takes this device for. */
export function useSession(): VisitorSessionState {
  return useStore(useChat().session);
}

/** Unread messages of all conversations. */
export function useUnread(): number {
  return useStore(useChat().unread);
}
