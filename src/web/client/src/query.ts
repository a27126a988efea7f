/** Not `URLSearchParams`, which takes no pairs in older versions of React Native. */
export function queryOf(pairs: readonly (readonly [name: string, value: unknown])[]): string {
  return pairs.map(([name, value], index) => `${index ? "&" : "?"}${name}=${encodeURIComponent(String(value))}`).join("");
}
