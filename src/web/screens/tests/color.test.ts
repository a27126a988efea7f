import fc from "fast-check";
import { expect, test } from "vitest";
import { contrast, parseColor, readableOn, textOn } from "../src/color";

const color = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, "0")}`);

test("whatever colour an inbox has, what stands on it and what is written in it can be read", () => {
  fc.assert(
    fc.property(color, (brand) => {
      expect(contrast(brand, textOn(brand))).toBeGreaterThanOrEqual(4.5);
      for (const ground of ["#ffffff", "#f0f2f5", "#272b33"])
        expect(contrast(readableOn(ground, brand), ground)).toBeGreaterThanOrEqual(4.5);
    }),
  );
});

test("white stands on a colour as long as it can be read there", () => {
  expect(["#0b6bcb", "#1f2937", "#ffee00"].map(textOn)).toEqual(["#ffffff", "#ffffff", "#000000"]);
});

test("only plain colours are taken from attributes", () => {
  expect(parseColor("#ABC")).toBe("#aabbcc");
  for (const text of ["red", "#12345", "url(x)", "#fff;}*{", "", undefined]) expect(parseColor(text)).toBeUndefined();
});
