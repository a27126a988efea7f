// Small things that a browser remembers for the visitor. Without storage they last as long as the page.
const memory = new Map<string, string>();

const full = (name: string) => `chat-widget:${name}`;

export function remember(name: string, value: string | undefined): void {
  if (value === undefined) memory.delete(name);
  else memory.set(name, value);
  try {
    if (value === undefined) localStorage.removeItem(full(name));
    else localStorage.setItem(full(name), value);
  } catch {
    // Blocked or full: memory has it.
  }
}

export function recall(name: string): string | undefined {
  try {
    return localStorage.getItem(full(name)) ?? memory.get(name);
  } catch {
    return memory.get(name);
  }
}

/** On a shared computer nothing of the last visitor stays. */
export function forgetDrafts(): void {
  for (const name of memory.keys()) if (name.startsWith("draft:")) memory.delete(name);
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(full("draft:"))) localStorage.removeItem(name);
  } catch {
    // Nothing was kept.
  }
}

export function isStorageBlocked(): boolean {
  try {
    localStorage.setItem(full("probe"), "");
    localStorage.removeItem(full("probe"));
    return false;
  } catch {
    return true;
  }
}

export const draftOf = (conversation: string): string => recall(`draft:${conversation}`) ?? "";

export const keepDraft = (conversation: string, text: string): void => remember(`draft:${conversation}`, text || undefined);
