/** What browsers do and Node's fetch does not: keep the cookie that a server sets, for its own origin. */
export function withCookies(plain: typeof fetch): typeof fetch {
  const jar = new Map<string, string>();
  return async (input, init) => {
    const { origin } = new URL(String(input));
    const headers = new Headers(init?.headers);
    const cookie = jar.get(origin);
    if (cookie) headers.set("cookie", cookie);
    const response = await plain(input, { ...init, headers });
    const set = response.headers.get("set-cookie");
    if (set) jar.set(origin, set.split(";")[0] ?? "");
    return response;
  };
}
