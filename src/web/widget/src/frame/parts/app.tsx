import { useEffect, useLayoutEffect, useReducer } from "preact/hooks";
import { StateContext } from "../context";
import type { WidgetState } from "../state";
import { Announcer } from "./announcer";
import { Conversation } from "./conversation";
import { later } from "./later";
import { Start } from "./start";
import { Trouble } from "./trouble";

const List = later(async () => (await import("./list")).List);

export function App({ state }: { state: WidgetState }) {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  // Before anything else runs: a change that comes between drawing and listening would not be seen.
  useLayoutEffect(() => state.subscribe(() => redraw(undefined)), [state]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) state.onClose?.();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [state]);
  return (
    <StateContext.Provider value={state}>
      <Screen state={state} />
      <Announcer />
    </StateContext.Provider>
  );
}

function Screen({ state }: { state: WidgetState }) {
  const problem = state.problem;
  const settings = state.settings;
  const conversation = state.current;
  const view = state.view;
  if (problem) return <Trouble problem={problem} />;
  if (!settings || (view.name === "conversation" && !conversation) || !state.isLoaded)
    return <Skeleton label={state.t.loading} />;
  if (conversation) return <Conversation key={view.name === "conversation" ? view.id : ""} conversation={conversation} />;
  return view.name === "list" ? <List /> : <Start settings={settings} />;
}

function Skeleton({ label }: { label: string }) {
  return (
    <div class="screen skeleton" role="status" aria-label={label}>
      <i />
      <i />
      <i />
    </div>
  );
}
