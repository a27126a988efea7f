import { expect, test } from "vitest";
import { initials } from "../src/initials";

test("initials are whole characters of the first and the last word that has one", () => {
  const names = ["Maya de Lindqvist", "Анна-Мария Константинопольская", "майя", "<b> Name", "😀 Smile", "🎉", "  ", ""];
  expect(names.map(initials)).toEqual(["ML", "АК", "М", "N", "S", "", "", ""]);
});
