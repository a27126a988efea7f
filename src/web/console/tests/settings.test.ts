// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import { moved, optionsOf, optionsText, withField, wrongOf } from "../src/admin/inbox/form-fields";
import { wrongHours } from "../src/admin/inbox/hours";
import { originsOf, wrongOrigin } from "../src/admin/inbox/origins";
import { snippetOf } from "../src/admin/inbox/snippet";

describe("the snippet", () => {
  const plain = { color: "#4a51d6", position: "right", theme: "auto" } as const;

  test("carries the button's looks and texts", () => {
    const snippet = snippetOf("https://chat.example", "demo", { ...plain, launcher: { en: "Ask us", ru: "Спросите" } });
    const parsed = new DOMParser().parseFromString(snippet, "text/html").querySelector("script");
    expect(parsed?.getAttribute("src")).toBe("https://chat.example/widget.js");
    expect({ ...parsed?.dataset }).toEqual({
      inbox: "demo",
      color: "#4a51d6",
      position: "right",
      theme: "auto",
      textEn: "Ask us",
      textRu: "Спросите",
    });
  });

  test("no text can leave its attribute", () => {
    const snippet = snippetOf("https://chat.example", "demo", {
      ...plain,
      launcher: { en: '"></script><img src=x onerror=alert(1)>' },
    });
    const page = new DOMParser().parseFromString(snippet, "text/html");
    expect(page.querySelector("img")).toBeNull();
    expect(page.querySelector("script")?.dataset.textEn).toBe('"></script><img src=x onerror=alert(1)>');
  });
});

describe("form fields", () => {
  test("options survive being written and read", () => {
    const options = [
      { value: "bag", label: { en: "Baggage", ru: "Багаж" } },
      { value: "seat", label: { en: "Seat" } },
      { value: "Other", label: { en: "Other" } },
    ];
    expect(optionsOf(optionsText(options))).toEqual(options);
  });

  test("options have no blanks around, and one without a value is answered by its text", () => {
    expect(optionsOf(" bag |  Baggage | \n\n| Seat |Место\n|\n")).toEqual([
      { value: "bag", label: { en: "Baggage" } },
      { value: "Seat", label: { en: "Seat", ru: "Место" } },
    ]);
  });

  test("a new field gets a name that is free", () => {
    const one = withField([]);
    expect(withField(one.map((field) => ({ ...field, name: "field2" })))[1]?.name).toBe("field3");
  });

  test("moving beyond an end changes nothing", () => {
    expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
    expect(moved(["a", "b"], 0, 1)).toEqual(["b", "a"]);
  });

  test("what cannot be saved is told", () => {
    const field = { name: "a", type: "text", label: { en: "A" }, required: false } as const;
    expect(wrongOf([field])).toBeUndefined();
    expect(wrongOf([field, field])).toMatch(/same name/);
    expect(wrongOf([{ ...field, label: {} }])).toMatch(/label/);
    expect(wrongOf([{ ...field, type: "select", options: [] }])).toMatch(/options/);
  });
});

describe("hours and origins", () => {
  const hours = (...weekly: { day: number; from: string; to: string }[]) => ({ timeZone: "UTC", weekly });

  test("hours that end before they begin or overlap cannot be saved", () => {
    expect(wrongHours(undefined)).toBeUndefined();
    expect(wrongHours(hours({ day: 1, from: "09:00", to: "12:00" }, { day: 1, from: "13:00", to: "18:00" }))).toBeUndefined();
    expect(wrongHours(hours({ day: 1, from: "18:00", to: "09:00" }))).toBeDefined();
    expect(wrongHours(hours({ day: 1, from: "13:00", to: "18:00" }, { day: 1, from: "09:00", to: "14:00" }))).toBeDefined();
    expect(wrongHours(hours())).toBeDefined();
  });

  test("origins lose what follows the host, and what is none is named", () => {
    expect(originsOf("https://shop.example/path\n https://shop.example , http://localhost:8080/")).toEqual([
      "https://shop.example",
      "http://localhost:8080",
    ]);
    expect(wrongOrigin(originsOf("https://ok.example shop.example"))).toBe("shop.example");
    expect(wrongOrigin(originsOf("javascript:alert(1)"))).toBe("javascript:alert(1)");
  });
});
