import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { WidgetState } from "./state";

export const StateContext = createContext<WidgetState | undefined>(undefined);

export function useWidget(): WidgetState {
  const state = useContext(StateContext);
  if (!state) throw new Error("No state above this part.");
  return state;
}
