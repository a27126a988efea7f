import { limits } from "@chat/protocol";

/** The address of the host page as far as the server takes it: one that is too long loses its query, and then its path. */
export function pageOf(address: string): string | undefined {
  const [origin] = /^https?:\/\/[^/?]+/.exec(address) ?? [];
  if (!origin) return undefined;
  return [address, address.split("?")[0], origin].find((part) => part !== undefined && part.length <= limits.PageLength);
}
