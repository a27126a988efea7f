import { expect, test } from "../scene.ts";
import { Visitor } from "./visitor.ts";

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
  const visitor = new Visitor(page);
  await expect(visitor.launcher).toBeVisible();
  await page.evaluate(() => {
    const seen = { shifts: 0 };
    Object.assign(globalThis, { seen });
    new PerformanceObserver((list) => (seen.shifts += list.getEntries().length)).observe({ type: "layout-shift" });
  });
  await visitor.open();
  const panel = page.locator("chat-widget .panel");
  await expect(async () => expect(await panel.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 })).toPass();
  const shifts = await page.evaluate(() => (globalThis as unknown as { seen: { shifts: number } }).seen.shifts);

  expect(shifts).toBe(0);
});

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
