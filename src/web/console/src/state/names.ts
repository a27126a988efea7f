import { t } from "../texts";

const mostMarks = /(\p{M}{3})\p{M}+/gu;

/** A visitor's name for the screen; one without a name is told from others by the end of his id. Heaps of combining marks are cut, they would cover neighbours. */
export function visitorName(visitor: { id: string; name?: string | undefined }): string {
  const name = visitor.name?.replace(mostMarks, "$1").trim();
  return name || t("visitor.unnamed", { id: visitor.id.slice(-4).toUpperCase() });
}
