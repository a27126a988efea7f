/** At once where the element is there, so that no letter of a fast typist gets lost; else after the next drawing, which brings it. */
export function focusOn(selector: string): void {
  const element = document.querySelector<HTMLElement>(selector);
  if (element) element.focus();
  else requestAnimationFrame(() => document.querySelector<HTMLElement>(selector)?.focus());
}
