import { resolve } from "node:path";
import { createServer, type ViteDevServer } from "vite";
import { expect, test } from "./scene.ts";
import { Operator } from "./widget/operator.ts";

let example: ViteDevServer;

test.beforeAll(async ({ scene }) => {
  process.env.CHAT_URL = scene.url().replace(/\/$/, "");
  const root = resolve(import.meta.dirname, "../react/example");
  example = await createServer({ root, server: { port: 0, host: "127.0.0.1" }, logLevel: "error" });
  await example.listen();
});

test.afterAll(() => example.close());

test("the React example sends, is answered, counts what is unread and shows what was read", async ({ scene, page }) => {
  const operator = await Operator.admin(scene);
  await page.goto(example.resolvedUrls?.local[0] ?? "");

  await page.getByRole("button", { name: "New conversation" }).click();
  await page.getByRole("textbox", { name: "Message" }).fill("Where is my bag?");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "Where is my bag?" })).toContainText("sent");
  const id = await operator.find("Where is my bag?");
  await operator.claim(id);
  await operator.typing(id);
  await expect(page.getByRole("status")).toHaveText("Somebody is typing…");
  await operator.send(id, "In Oslo.");
  await expect(page.getByRole("listitem").filter({ hasText: "In Oslo." })).toBeVisible();
  await expect(page.locator(".badge")).toHaveCount(0);

  await page.getByRole("button", { name: "Back" }).click();
  await operator.send(id, "It comes tomorrow.");
  await expect(page.locator(".badge")).toHaveText("1");
  await page.getByRole("button", { name: "It comes tomorrow." }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "It comes tomorrow." })).toBeVisible();
  await expect(page.locator(".badge")).toHaveCount(0);

  const question = page.getByRole("listitem").filter({ hasText: "Where is" });
  await question.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("textbox", { name: "Message" }).fill("Where is my suitcase?");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(question.getByText("Where is my suitcase?")).toBeVisible();
  await expect.poll(async () => (await scene.log(id)).find(({ type }) => type === "edited")?.type).toBe("edited");
});

test("a refused message of the React example can be changed and goes out", async ({ scene, page }) => {
  const operator = await Operator.admin(scene);
  await page.goto(example.resolvedUrls?.local[0] ?? "");
  await page.getByRole("button", { name: "New conversation" }).click();
  const composer = page.getByRole("textbox", { name: "Message" });
  await composer.fill("First things first");
  await page.getByRole("button", { name: "Send" }).click();
  await operator.find("First things first");

  await composer.fill("x".repeat(8001));
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("alert")).toContainText("too_large");
  await page.getByRole("button", { name: "Change" }).click();
  await expect(composer).toHaveValue("x".repeat(8001));
  await composer.fill("Briefly, then");
  await page.getByRole("button", { name: "Send" }).click();

  await operator.find("Briefly, then");
  await expect(page.getByRole("alert")).toHaveCount(0);
});
