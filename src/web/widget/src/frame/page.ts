import { limits } from "@gapless-chat/protocol";

// Browsers leave them in queries as they are; the server stores them escaped, which is longer.
const unescaped = /[\\|{}^`]|%(?![\da-f]{2})/gi;

/** The address of the host page as far as the server takes it: one that is too long loses its query, and then its path. */
export function pageOf(address: string): string | undefined {
  const [origin] = /^https?:\/\/[^/?]+/.exec(address) ?? [];
  if (!origin) return undefined;
  const page = address.replace(unescaped, encodeURIComponent);
  return [page, page.split("?")[0], origin].find((part) => part !== undefined && part.length <= limits.PageLength);
}
