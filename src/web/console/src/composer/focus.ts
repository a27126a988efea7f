/** After the next drawing, for what asks for the focus often changes the composer first. */
export function focusComposer(): void {
  requestAnimationFrame(() => document.querySelector<HTMLTextAreaElement>("#composer-text")?.focus());
}
