import { limits } from "@gapless-chat/protocol";
import { expect, test } from "vitest";
import { type FormField, knownAnswers } from "../src/frame/form-rules";
import { pageOf } from "../src/frame/page";

test("the address of a page is told as far as it is not too long", () => {
  const long = "x".repeat(limits.PageLength);
  expect(pageOf("https://shop.example/bags?id=7")).toBe("https://shop.example/bags?id=7");
  expect(pageOf(`https://shop.example/bags?id=${long}`)).toBe("https://shop.example/bags");
  expect(pageOf(`https://shop.example/${long}?id=7`)).toBe("https://shop.example");
  expect(pageOf("about:srcdoc")).toBeUndefined();
});

test("what a host page knows is answered already, of a choice only what can be chosen", () => {
  const field = (name: string, type: FormField["type"]): FormField => ({
    name,
    type,
    label: {},
    required: true,
    ...(type === "select" && { options: [{ value: "bag", label: {} }] }),
  });
  const fields = [field("name", "text"), field("about", "select"), field("class", "select"), field("email", "email")];

  expect(knownAnswers(fields, { name: "Maria", about: "luggage", class: "bag", order: "17" })).toEqual({
    name: "Maria",
    about: "",
    class: "bag",
    email: "",
  });
});
