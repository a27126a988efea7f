/** Lines as origins: without what follows the host, without doubles and empty lines. */
export function originsOf(text: string): string[] {
  const lines = text.split(/[\s,]+/).filter(Boolean);
  return [...new Set(lines.map((line) => (URL.canParse(line) && /^https?:/i.test(line) ? new URL(line).origin : line)))];
}

/** The first line that is no origin. */
export function wrongOrigin(origins: readonly string[]): string | undefined {
  return origins.find((origin) => !(URL.canParse(origin) && /^https?:\/\//i.test(origin)));
}
