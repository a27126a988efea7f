import type { Page } from "@playwright/test";
import { expect, test } from "../scene.ts";
import { Operator } from "./operator.ts";
import { Visitor } from "./visitor.ts";

interface HostPage {
  Chat: { logout(): void; setFields(fields: Record<string, string>): void };
}

const signOut = (page: Page) => page.evaluate(() => (window as unknown as HostPage).Chat.logout());

function setFields(page: Page, fields: Record<string, string>): Promise<void> {
  return page.evaluate((all) => (window as unknown as HostPage).Chat.setFields(all), fields);
}

async function expectSent(visitor: Visitor, text: string): Promise<void> {
  await expect(visitor.message(text).getByText(/Sent|Delivered/)).toBeVisible();
}

test("who signs out in one tab goes on in another one, with what the first has begun since", async ({ scene, page, context }) => {
  await page.goto(scene.url("/?lang=en"));
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.say("Before I leave");
  await expectSent(visitor, "Before I leave");
  const other = new Visitor(await context.newPage());
  await other.page.goto(scene.url("/?lang=en"));
  await other.reopen();
  await expect(other.message("Before I leave")).toBeVisible();
  await other.composer.fill("Not for the next one");

  await signOut(page);
  await visitor.open();
  await visitor.say("Somebody else");
  await expectSent(visitor, "Somebody else");
  await expect(other.frame.getByText("The chat has ended on this device")).toBeVisible();
  const drafts = () => Object.keys(localStorage).filter((name) => name.includes("draft:"));
  expect(await other.page.evaluate(drafts)).toEqual([]);
  await other.frame.getByRole("button", { name: "Continue here" }).dblclick();
  await expect(other.message("Somebody else")).toBeVisible();
  await expect(other.message("Before I leave")).toHaveCount(0);
  await visitor.say("Still me");
  await expectSent(visitor, "Still me");
});

test("a sign-out that the server does not hear of ends the chat here all the same", async ({ scene, page }) => {
  await page.route("**/api/v1/visitor/logout", (route) => route.abort());
  await page.goto(scene.url("/?lang=en"));
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.say("For me only");
  await expectSent(visitor, "For me only");
  await signOut(page);
  await visitor.open();

  await expect(visitor.frame.getByText("Ask us anything")).toBeVisible();
  await expect(visitor.message("For me only")).toHaveCount(0);
  await visitor.say("Somebody new");
  await expectSent(visitor, "Somebody new");
});

test("a proxy that refuses for a while is tried again", async ({ scene, page }) => {
  const refusal = { status: 403, contentType: "text/html", body: "<h1>Forbidden</h1>" };
  await page.route("**/api/v1/visitor/session", (route) => route.fulfill(refusal));
  await page.goto(scene.url("/?lang=en"));
  const visitor = new Visitor(page);
  await visitor.launcher.click();
  await expect(visitor.frame.getByText("The chat could not be loaded")).toBeVisible();
  await page.unroute("**/api/v1/visitor/session");
  await visitor.frame.getByRole("button", { name: "Try again" }).click();
  await visitor.say("At last");

  await expectSent(visitor, "At last");
});

test("a message that could not open a conversation is written once more from the start", async ({ scene, page }) => {
  await page.goto(scene.url("/?lang=en"));
  const visitor = new Visitor(page);
  await setFields(page, { order: "too long ".repeat(200) });
  await visitor.open();
  await visitor.say("Where is my bag?");
  await expect(visitor.message("Where is my bag?").getByText("Not sent")).toBeVisible();
  await visitor.frame.getByRole("button", { name: "Discard" }).click();
  await expect(visitor.frame.getByText("Ask us anything")).toBeVisible();
  await expect(visitor.composer).toHaveValue("Where is my bag?");
  await setFields(page, { order: "17" });
  await visitor.composer.press("Enter");

  await expectSent(visitor, "Where is my bag?");
});

test("a page with a long address opens conversations, and is told without what is too long", async ({ scene, page }) => {
  const operator = await Operator.admin(scene);
  await page.goto(scene.url(`/?lang=en&campaign=${"x".repeat(3000)}`));
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.say("From a campaign");
  await expectSent(visitor, "From a campaign");
  const id = await operator.find("From a campaign");
  const { conversation } = await operator.call<{ conversation: { page: string } }>("GET", `conversations/${id}`);

  expect(conversation.page).toBe(scene.url("/"));
});
