import { readFile } from "node:fs/promises";
import { expect, test } from "../scene.ts";
import { tonesOf } from "../sounds.ts";
import { Operator } from "./operator.ts";
import { Visitor } from "./visitor.ts";

test("nothing is loaded or stored before the click, and the first message is possible right after it", async ({
  scene,
  page,
}) => {
  // A server that has just started compiles what it does for the first time.
  for (const path of ["/widget/demo", "/api/v1/widget/demo"]) await page.request.get(scene.url(path));
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(scene.url("/?lang=en"));
  const visitor = new Visitor(page);
  await expect(visitor.launcher).toBeVisible();
  await page.waitForLoadState("networkidle");

  expect(asked.filter((path) => path !== "/" && !path.startsWith("/assets/demo/"))).toEqual(["/widget.js"]);
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length + document.cookie.length)).toBe(0);

  const start = Date.now();
  await visitor.open();
  const tookMs = Date.now() - start;
  console.log(`${tookMs} ms from the click to the composer`);
  await visitor.say("Is the flight to Oslo on time?");
  await expect(visitor.message("Is the flight to Oslo on time?")).toBeVisible();
});

test("a visitor asks, is answered, changes what he wrote, rates, and finds it all again on the next page", async ({
  scene,
  page,
}) => {
  const operator = await Operator.admin(scene);
  await page.goto(scene.url("/?lang=en"));
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.expectAccessible();
  await visitor.say("Can I take my guitar?");
  const id = await operator.find("Can I take my guitar?");
  // Those of other tests may wait before him.
  await expect(visitor.frame.getByText(/You are next\.|ahead of you/)).toBeVisible();

  await operator.claim(id);
  await expect(visitor.frame.getByText(/joined the chat/)).toBeVisible();
  await operator.typing(id);
  await expect(visitor.frame.getByText(/is typing/)).toBeVisible();
  await operator.send(id, "Yes: https://aurora.example/guitar");
  await expect(visitor.frame.getByRole("link", { name: "https://aurora.example/guitar" })).toHaveAttribute("rel", /noopener/);
  await expect(visitor.frame.getByText(/is typing/)).toBeHidden();

  await visitor.use("Reply", "Yes: https");
  await visitor.say("Thank yuo");
  await expect(visitor.message("Thank yuo").locator(".quote")).toContainText("Yes: https");
  // Shown at once, and stored a moment later.
  await expect(visitor.message("Thank yuo").getByText("Sent")).toBeVisible();
  await operator.read(id, (await scene.log(id)).length);
  await expect(visitor.message("Thank yuo").getByText("Read")).toBeVisible();
  await visitor.use("Edit", "Thank yuo");
  await visitor.say("Thank you");
  await expect(visitor.message("Thank you").getByText("edited")).toBeVisible();
  await visitor.say("Oops");
  await visitor.use("Delete", "Oops");
  await visitor.frame.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(visitor.frame.getByText("Message deleted")).toBeVisible();
  await visitor.expectAccessible();

  await page.goto(scene.url("/?lang=en#help"));
  await page.reload();
  await expect(visitor.message("Can I take my guitar?")).toBeVisible();

  await operator.close(id);
  await visitor.frame.locator("label.star").nth(4).click();
  await expect(visitor.frame.getByRole("radio", { name: /5 stars/ })).toBeChecked();
  await visitor.expectAccessible();
  await visitor.frame.getByRole("button", { name: "Send rating" }).click();
  await expect(visitor.frame.getByText("You rated the chat 5 of 5")).toBeVisible();

  const stored = await scene.log(id);
  const bodies = stored.filter((event) => event.type === "message").map((event) => event.body ?? null);
  expect(bodies).toEqual(["Can I take my guitar?", "Yes: https://aurora.example/guitar", "Thank you", null]);
});

test("a message that is typed without a network goes out once when it is back", async ({ scene, page, context }) => {
  const operator = await Operator.admin(scene);
  await page.goto(scene.url("/?lang=en"));
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.say("Before the tunnel");
  const id = await operator.find("Before the tunnel");
  await expect(visitor.message("Before the tunnel").getByText(/Sent|Delivered/)).toBeVisible();

  await context.setOffline(true);
  await visitor.say("In the tunnel");
  await expect(visitor.message("In the tunnel").getByText("Sending")).toBeVisible();
  await context.setOffline(false);

  await expect(visitor.message("In the tunnel").getByText(/Sent|Delivered/)).toBeVisible();
  const stored = (await scene.log(id)).filter((event) => event.body === "In the tunnel");
  expect(stored).toHaveLength(1);
});

test("who goes on writing while he is asked whether to delete is left at what he writes", async ({ scene, page }) => {
  const operator = await Operator.admin(scene);
  await page.goto(scene.url("/?lang=en"));
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.say("Shall it stay?");
  const id = await operator.find("Shall it stay?");
  await operator.claim(id);
  await visitor.use("Delete", "Shall it stay?");
  await expect(visitor.frame.getByRole("alertdialog").getByRole("button", { name: "Delete" })).toBeFocused();
  await visitor.composer.click();
  await operator.send(id, "Here is something else");
  await expect(visitor.message("Here is something else")).toBeVisible();

  await expect(visitor.frame.getByRole("alertdialog")).toBeVisible();
  await expect(visitor.composer).toBeFocused();
});

test("an answer to a closed panel shows on the launcher and in the title, and on the next page too", async ({ scene, page }) => {
  const operator = await Operator.admin(scene);
  await page.goto(scene.url("/?lang=en"));
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.say("I will wait");
  const id = await operator.find("I will wait");
  await visitor.composer.press("Escape");
  await expect(visitor.launcher).toBeFocused();
  await expect(visitor.launcher).toHaveAttribute("aria-expanded", "false");

  await operator.claim(id);
  await operator.send(id, "Here I am");
  await expect(visitor.launcher).toHaveAttribute("aria-label", /new messages: 1/);
  await expect(page).toHaveTitle("(1) Aurora Air");
  await page.reload();
  await expect(page).toHaveTitle("(1) Aurora Air");

  await visitor.launcher.click();
  await expect(visitor.message("Here I am")).toBeVisible();
  await expect(page).toHaveTitle("Aurora Air");
});

test("an answer sounds when the visitor has turned that on and looks elsewhere", async ({ scene, page }) => {
  const operator = await Operator.admin(scene);
  const tones = await tonesOf(page);
  await page.goto(scene.url("/?lang=en"));
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.say("Call me");
  const id = await operator.find("Call me");
  await operator.claim(id);
  await visitor.frame.getByRole("button", { name: "More" }).click();
  await visitor.frame.getByRole("menuitem", { name: "Turn sound on" }).click();
  await operator.send(id, "While you look");
  await expect(visitor.message("While you look")).toBeVisible();
  await visitor.hide();
  expect(tones).toEqual([]);

  await operator.send(id, "While you do not");
  await expect(visitor.launcher).toHaveAttribute("aria-label", /new messages: 1/);
  await expect.poll(() => tones).toEqual([660, 880]);

  await visitor.open();
  await visitor.frame.getByRole("button", { name: "More" }).click();
  await visitor.frame.getByRole("menuitem", { name: "Turn sound off" }).click();
  await visitor.hide();
  await operator.send(id, "In silence");
  await expect(visitor.launcher).toHaveAttribute("aria-label", /new messages: 1/);
  expect(tones).toHaveLength(2);
});

test("a transcript has the name of its day and says what was said", async ({ scene, page }) => {
  const operator = await Operator.admin(scene);
  await page.goto(scene.url("/?lang=en"));
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.say("May I have it in writing? Für Zoë 👋");
  const id = await operator.find("May I have it in writing? Für Zoë 👋");
  await operator.claim(id);
  await operator.send(id, "You may.");
  await expect(visitor.message("You may.")).toBeVisible();
  await visitor.frame.getByRole("button", { name: "More" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    visitor.frame.getByRole("menuitem", { name: "Download transcript" }).click(),
  ]);

  expect(download.suggestedFilename()).toBe(`chat-${new Date().toISOString().slice(0, 10)}.txt`);
  const lines = (await readFile(await download.path(), "utf8")).split("\n").filter((line) => /writing|You may/.test(line));
  expect(lines).toEqual([expect.stringMatching(/May I have it in writing\? Für Zoë 👋$/), expect.stringMatching(/You may\.$/)]);
});
