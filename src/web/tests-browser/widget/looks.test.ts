import type { Page } from "@playwright/test";
import { expect, test } from "../scene.ts";
import { Visitor } from "./visitor.ts";

/** Of the browser's measure of layout shifts, which calls 0.1 good: some pixels of one small part of the page itself. */
const unseen = 0.001;

test("in Russian, with a switch to English", async ({ scene, page }) => {
  await page.goto(scene.url("/?lang=ru"));
  const visitor = new Visitor(page);
  await visitor.open();
  await expect(visitor.frame.getByText("Спросите о чём угодно")).toBeVisible();
  await visitor.frame.getByRole("button", { name: "Ещё" }).click();
  await visitor.frame.getByRole("menuitem", { name: "In English" }).click();

  await expect(visitor.frame.getByText("Ask us anything")).toBeVisible();
  await visitor.expectAccessible();
});

test("on a phone the chat has the whole screen and the page does not move", async ({ scene, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(scene.url("/?lang=en"));
  const shifted = await shifts(page);
  await new Visitor(page).open();
  const panel = page.locator("chat-widget .panel");
  await expect(async () => expect(await panel.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 })).toPass();

  expect(await shifted()).toBeLessThan(unseen);
});

test("on a desktop the page does not move when the chat opens, is used and closes", async ({ scene, page }) => {
  await page.goto(scene.url("/?lang=en"));
  const shifted = await shifts(page);
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.say("Does it move?");
  await expect(visitor.message("Does it move?").getByText(/Sent|Delivered/)).toBeVisible();
  await visitor.composer.press("Escape");
  await expect(visitor.launcher).toHaveAttribute("aria-expanded", "false");

  expect(await shifted()).toBeLessThan(unseen);
});

/** Sums what moves on the page from now on, also what follows a click, until it is asked. */
async function shifts(page: Page): Promise<() => Promise<number>> {
  await expect(new Visitor(page).launcher).toBeVisible();
  const sum = await page.evaluateHandle(() => {
    const seen = { value: 0 };
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.value += (entry as PerformanceEntry & { value: number }).value;
    });
    observer.observe({ type: "layout-shift" });
    return seen;
  });
  return () =>
    sum.evaluate(async (seen) => {
      // They are told after the frame in which they happened.
      for (let frame = 0; frame < 3; frame++) await new Promise((next) => requestAnimationFrame(next));
      return seen.value;
    });
}

test("a hostile style sheet of the host page does not reach the launcher", async ({ scene, page }) => {
  await page.goto(scene.url("/?lang=en"));
  const before = await page.locator("chat-widget button").boundingBox();
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      "body * { display: none !important; position: static !important; all: unset !important; width: 3px !important; transform: scale(9) !important }",
    );
    document.adoptedStyleSheets = [sheet];
  });

  expect(await page.locator("chat-widget button").boundingBox()).toEqual(before);
  await new Visitor(page).open();
});

test("by keyboard alone", async ({ scene, page }) => {
  await page.goto(scene.url("/?lang=en"));
  const visitor = new Visitor(page);
  await visitor.launcher.focus();
  await page.keyboard.press("Enter");
  await expect(visitor.composer).toBeFocused();
  await page.keyboard.type("From the keyboard");
  await page.keyboard.press("Enter");
  await expect(visitor.message("From the keyboard").getByText(/Sent|Delivered/)).toBeVisible();
  await page.keyboard.press("ArrowUp");
  await expect(visitor.composer).toHaveValue("From the keyboard");
  await page.keyboard.type("!");
  await page.keyboard.press("Enter");
  await expect(visitor.message("From the keyboard!").getByText("edited")).toBeVisible();
  await page.keyboard.press("Escape");

  await expect(visitor.launcher).toBeFocused();
});
