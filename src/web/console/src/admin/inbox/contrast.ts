const wanted = 4.5;

/** Whether white text on this colour can be read (WCAG 2.2 AA). */
export function readsOn(color: string): boolean {
  return 1.05 / (luminance(color) + 0.05) >= wanted;
}

/** White, or black where white could not be read. */
export function inkOn(color: string): string {
  return readsOn(color) ? "#ffffff" : "#111111";
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
