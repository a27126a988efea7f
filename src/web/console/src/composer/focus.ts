import { focusOn } from "../ui/focus";

export function focusComposer(): void {
  focusOn("#composer-text");
}
