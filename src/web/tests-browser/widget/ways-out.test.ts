import type { Page } from "@playwright/test";
import { expect, test } from "../scene.ts";
import { Operator } from "./operator.ts";
import { Visitor } from "./visitor.ts";

interface HostPage {
  Chat: { setFields(fields: Record<string, string>): void };
}

function setFields(page: Page, fields: Record<string, string>): Promise<void> {
  return page.evaluate((all) => (window as unknown as HostPage).Chat.setFields(all), fields);
}

async function expectSent(visitor: Visitor, text: string): Promise<void> {
  await expect(visitor.message(text).getByText(/Sent|Delivered/)).toBeVisible();
}

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
