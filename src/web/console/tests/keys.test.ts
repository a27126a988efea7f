// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import { chordParts, isTyping, stroke } from "../src/keyboard/keys";

const press = (init: KeyboardEventInit) => stroke(new KeyboardEvent("keydown", init));

describe("keys", () => {
  test("letters are places on the keyboard, so that a Russian layout works", () => {
    expect(press({ key: "c", code: "KeyC" })).toBe("C");
    expect(press({ key: "с", code: "KeyC" })).toBe("C");
    expect(press({ key: "ё", code: "Digit3", altKey: true })).toBe("Alt+3");
  });

  test("the question mark is where the layout has it", () => {
    expect(press({ key: "?", code: "Slash", shiftKey: true })).toBe("?");
    expect(press({ key: "?", code: "Digit7", shiftKey: true })).toBe("?");
    expect(press({ key: ".", code: "Slash" })).toBe("/");
  });

  test("modifiers come in one order", () => {
    expect(press({ key: "D", code: "KeyD", shiftKey: true })).toBe("Shift+D");
    expect(press({ key: "k", code: "KeyK", ctrlKey: true })).toBe("Mod+K");
    expect(press({ key: "ArrowDown", code: "ArrowDown", altKey: true })).toBe("Alt+ArrowDown");
  });

  test("a chord is shown key by key", () => {
    expect(chordParts("Alt+ArrowDown")).toEqual(["Alt", "↓"]);
    expect(chordParts("G Q")).toEqual(["G", "Q"]);
  });

  test("typing is in fields of text and not on switches", () => {
    const input = (type: string) => Object.assign(document.createElement("input"), { type });
    expect(isTyping(document.createElement("textarea"))).toBe(true);
    expect(isTyping(input("search"))).toBe(true);
    expect(isTyping(input("checkbox"))).toBe(false);
    expect(isTyping(document.body)).toBe(false);
  });
});
