import type { ComponentType } from "preact";
import { useReducer } from "preact/hooks";

/** A part that the first message does not need: its script is loaded when it is first shown, and nothing stands in its place until then. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let Part: ComponentType<Props> | undefined;
  return function Later(props: Props) {
    const [, redraw] = useReducer((count: number) => count + 1, 0);
    if (Part) return <Part {...props} />;
    void load().then(
      (loaded) => {
        Part = loaded;
        redraw(undefined);
      },
      // Without a network it is tried again when the whole is next drawn.
      () => undefined,
    );
    return null;
  };
}
