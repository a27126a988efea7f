import { expect, test } from "vitest";
import { pieces } from "../src/frame/text/links";

const links = (text: string) => pieces(text).flatMap(({ href }) => (href ? [href] : []));

test("addresses become links and the marks of the sentence around them do not", () => {
  expect(links("See https://a.example/x, (www.b.example/y_(z)) or mail me@c.example.")).toEqual([
    "https://a.example/x",
    "https://www.b.example/y_(z)",
    "mailto:me@c.example",
  ]);
});

test("the pieces put together are the text", () => {
  const text = "a https://a.example/?q=1&r=(2). b\nwww.c.example! d@e.example";

  expect(
    pieces(text)
      .map((piece) => piece.text)
      .join(""),
  ).toBe(text);
});

test.each([
  "javascript:alert(1)",
  "data:text/html,<script>1</script>",
  "https://bank.example@evil.example/",
  "https://bank.example/\u202egpj.exe",
  "https://bank.exa\u200bmple/",
  "vbscript:x file:///etc/passwd",
  "https://",
])("%j is no link", (text) => {
  expect(links(text)).toEqual([]);
});

test("the longest message is read in no time", () => {
  const start = performance.now();
  for (const unit of ["a", "a.", "a@", "http://", "www.(", "(", "https://a.example/)"]) pieces(unit.repeat(8000 / unit.length));

  expect(performance.now() - start).toBeLessThan(1000);
});
