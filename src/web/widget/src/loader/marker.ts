// The one thing kept on the host page: that there is an open conversation, and whether its panel was open; or that there were only earlier ones,
// for which nothing is loaded before a click. Written after the first click only.
const name = (inbox: string) => `chat:${inbox}`;

export type Marker = "open" | "closed" | "past";

/** A page that blocks storage has no marker: the conversation is still there after a click. */
export function readMarker(inbox: string): Marker | undefined {
  try {
    const value = localStorage.getItem(name(inbox));
    return value === "open" || value === "closed" || value === "past" ? value : undefined;
  } catch {
    return undefined;
  }
}

export function writeMarker(inbox: string, marker: Marker | undefined): void {
  try {
    if (marker) localStorage.setItem(name(inbox), marker);
    else localStorage.removeItem(name(inbox));
  } catch {
    // Blocked or full: see readMarker.
  }
}
