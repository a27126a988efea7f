export interface Names {
  visitor?: string | undefined;
  operator?: string | undefined;
  inbox?: string | undefined;
}

const known = /\{(visitor|operator|inbox)\.name\}/g;

/** A canned reply with the names filled in. A visitor without a name leaves no gap: the space or comma before the placeholder goes with it. */
export function fillPlaceholders(body: string, names: Names): string {
  return body.replace(
    /([ \t]?)(,?[ \t]?)\{(visitor|operator|inbox)\.name\}/g,
    (_, space: string, comma: string, of: keyof Names) => {
      const name = names[of];
      return name ? `${space}${comma}${name}` : "";
    },
  );
}

export function unknownPlaceholders(body: string): string[] {
  return [...body.replace(known, "").matchAll(/\{[^{}\s]*\}/g)].map((match) => match[0]);
}
