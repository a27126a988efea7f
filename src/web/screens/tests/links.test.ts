import { expect, test } from "vitest";
import { pieces } from "../src/links";

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
  "https://user@evil.example",
  "https://user:secret@evil.example/",
  "https:///user@evil.example",
  "https://bank.example\\@evil.example/",
  "https://\u0430pple.example/",
  "www.b\u0430nk.example",
  "https://bank\u3164.example/",
])("%j is no link", (text) => {
  expect(links(text)).toEqual([]);
});

test("a host of one alphabet leads where its name in ASCII says", () => {
  expect(links("https://пример.рф/путь https://münchen.example")).toEqual([
    "https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C",
    "https://xn--mnchen-3ya.example/",
  ]);
});

// With work that grows with the square of the length this would take minutes, and the test be given up.
test.each(["a", "a.", "a@", "a+b@c.d", "http://", "www.(", "(", "https://a.example/)", "https://a.example/(", "@.", "a@b.c."])(
  "a text of half a million characters is read once: %j",
  (unit) => {
    const text = unit.repeat(500_000 / unit.length);
    const read = pieces(text);

    expect(read.reduce((length, piece) => length + piece.text.length, 0)).toBe(text.length);
  },
);

test("one address with half a million closing brackets is read once", () => {
  expect(links(`https://a.example/${")".repeat(500_000)}`)).toEqual(["https://a.example/"]);
});
