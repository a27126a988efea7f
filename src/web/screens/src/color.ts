// Colours that people choose, made readable.

type Rgb = readonly [number, number, number];

export const defaultColor = "#3b5bdb";
export const white = "#ffffff";

/** "#rrggbb" or "#rgb" in lower case, or nothing. Everything else that CSS would take is refused: attributes are not a way into a style sheet. */
export function parseColor(text: string | null | undefined): string | undefined {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text?.trim() ?? "")?.[1]?.toLowerCase();
  if (!hex) return undefined;
  return `#${hex.length === 3 ? [...hex].map((digit) => digit + digit).join("") : hex}`;
}

function rgb(color: string): Rgb {
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function luminance(color: string): number {
  const [r, g, b] = rgb(color).map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The contrast ratio of WCAG, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** White while it is readable, as people expect on a brand's colour, else black: one of them always has 4.5. */
export function textOn(color: string): string {
  return contrast(color, white) >= 4.5 ? white : "#000000";
}

function mix(color: string, other: string, share: number): string {
  const [one, two] = [rgb(color), rgb(other)];
  const channel = (at: 0 | 1 | 2) => Math.round(one[at] + (two[at] - one[at]) * share);
  return `#${[channel(0), channel(1), channel(2)].map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** The colour itself, or as little darker or lighter as it needs to have `ratio` on `ground`. */
export function readableOn(ground: string, color: string, ratio = 4.5): string {
  const towards = luminance(ground) > 0.4 ? "#000000" : "#ffffff";
  for (let share = 0; share < 1; share += 0.05) {
    const candidate = mix(color, towards, share);
    if (contrast(candidate, ground) >= ratio) return candidate;
  }
  return towards;
}
