import { limits } from "@gapless-chat/protocol";
import { expect, test } from "vitest";
import { pageOf } from "../src/frame/page";

const long = (query: string) => `https://shop.example/p?${query.repeat(limits.PageLength)}`.slice(0, limits.PageLength);

test("an address that is too long loses its query", () => {
  expect(pageOf(long("a"))).toBe(long("a"));
  expect(pageOf(`${long("a")}a`)).toBe("https://shop.example/p");
});

test.each(["|", "\\", "{", "^", "`", "%"])("an address with %s is as long as the server stores it", (character) => {
  expect(pageOf(`${long("a").slice(0, -1)}${character}`)).toBe("https://shop.example/p");
  expect(pageOf(`https://shop.example/p?q=a${character}b&c=%20`)).toBe(
    `https://shop.example/p?q=a${encodeURIComponent(character)}b&c=%20`,
  );
});
