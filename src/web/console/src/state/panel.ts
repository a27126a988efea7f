import { computed, signal } from "@preact/signals";
import { prefs, setPrefs } from "./prefs";

const narrow = matchMedia("(width < 1060px)");
const isNarrow = signal(narrow.matches);
const isOver = signal(false);

narrow.addEventListener("change", () => {
  isNarrow.value = narrow.matches;
  isOver.value = false;
});

/** Whether the visitor panel shows. In narrow windows it lies over the conversation, so there it opens when asked only. */
export const hasPanel = computed(() => (isNarrow.value ? isOver.value : prefs.value.panel));

export function togglePanel(isShown = !hasPanel.value): void {
  if (isNarrow.value) isOver.value = isShown;
  else setPrefs({ panel: isShown });
}
