import type { Browser, Page } from "@playwright/test";
import { openConsole, signIn } from "./console/browser";
import { type Account, expect, type Scene, type StoredEvent, test } from "./scene";
import { Visitor } from "./widget/visitor";

// Two nodes over PostgreSQL and Redis: the visitor comes through the first door, operators through the second, or one through each.
test.use({ kind: "cluster" });

let anna: Account;
let boris: Account;

test.beforeAll(async ({ scene }) => {
  anna = await scene.operator("Anna", "supervisor");
  boris = await scene.operator("Boris");
});

test("first visit, answer, transfer, close, rating and return, from node to node", async ({ scene, page, browser }) => {
  const heard = listen(page);
  const visitor = await come(page, scene);
  await visitor.say("Where is my bag?");
  const hers = await work(browser, scene, anna, 1);
  const his = await work(browser, scene, boris, 0);
  const id = await take(hers, "Where is my bag?");

  await answer(hers, "I ask my colleague.");
  await expect(visitor.message("I ask my colleague.")).toBeVisible();
  await hers.keyboard.press("Escape");
  await hers.keyboard.press("t");
  await hers.getByLabel("Person or team").fill("Boris");
  await hers.getByLabel("Note for whom it goes to").fill("He shouted at me");
  await hers.getByRole("button", { name: "Transfer" }).click();
  await his.goto(scene.url("/console/mine", 0));
  await his.locator(".row", { hasText: "I ask my colleague." }).click();
  await expect(his.locator(".message.note", { hasText: "He shouted at me" })).toBeVisible();
  await answer(his, "It is in Oslo.");
  await expect(visitor.message("It is in Oslo.")).toBeVisible();
  await his.keyboard.press("Escape");
  await his.keyboard.press("e");
  await visitor.frame.locator("label.star").nth(3).click();
  await visitor.frame.getByRole("button", { name: "Send rating" }).click();
  await expect(visitor.frame.getByText("You rated the chat 4 of 5")).toBeVisible();

  await page.reload();
  await visitor.reopen();
  await visitor.frame.getByText("You rated the chat 4 of 5").click();
  await expect(visitor.message("It is in Oslo.")).toBeVisible();
  expect(bodies(await scene.log(id))).toEqual(["Where is my bag?", "I ask my colleague.", "It is in Oslo."]);
  expect(heard.join("\n")).toContain("It is in Oslo.");
  expect(heard.join("\n")).not.toContain("He shouted at me");
});

test("of two operators on two nodes who answer at once one takes it", async ({ scene, page, browser }) => {
  const visitor = await come(page, scene);
  await visitor.say("Who is faster?");
  const pages = [await work(browser, scene, anna, 1), await work(browser, scene, boris, 0)];
  const [id] = await Promise.all(pages.map((each) => take(each, "Who is faster?")));
  for (const each of pages) await each.locator("#composer-text").fill("Me!");
  await Promise.all(pages.map((each) => each.keyboard.press("Enter")));

  await Promise.all(pages.map((each) => expect(each.locator(".message.ours", { hasText: "Me!" }).first()).toBeVisible()));
  await expect(visitor.message("Me!")).toHaveCount(1);
  expect(bodies(await scene.log(id ?? ""))).toEqual(["Who is faster?", "Me!"]);
});

test("a node that is killed under a visitor costs him nothing that he wrote", async ({ scene, page, browser }) => {
  const visitor = await come(page, scene);
  await visitor.say("Before the crash");
  const hers = await work(browser, scene, anna, 1);
  const id = await take(hers, "Before the crash");

  await scene.order("kill", { node: 0 });
  await visitor.say("During the crash");
  await scene.order("route", { door: 0, node: 1 });
  await expect(hers.locator(".message.theirs", { hasText: "During the crash" })).toBeVisible();
  await answer(hers, "All of it is here.");
  await expect(visitor.message("All of it is here.")).toBeVisible();
  await scene.order("restart", { node: 0 });
  await scene.order("route", { door: 0, node: 0 });

  expect(bodies(await scene.log(id))).toEqual(["Before the crash", "During the crash", "All of it is here."]);
});

test("two tabs share a conversation, and the second goes on when the first is closed", async ({ scene, page, browser }) => {
  const first = await come(page, scene);
  await first.say("From the first tab");
  await expect(first.message("From the first tab").getByText(/Sent|Delivered/)).toBeVisible();
  const second = new Visitor(await page.context().newPage());
  await second.page.goto(scene.url("/?lang=en"));
  await second.reopen();
  await expect(second.message("From the first tab")).toBeVisible();
  await second.say("From the second tab");
  await expect(first.message("From the second tab")).toBeVisible();
  await page.close();
  const hers = await work(browser, scene, anna, 1);
  const id = await take(hers, "From the second tab");
  await answer(hers, "To whoever is left");
  await expect(second.message("To whoever is left")).toBeVisible();
  await second.say("That is me");
  await expect(hers.locator(".message.theirs", { hasText: "That is me" })).toBeVisible();

  expect(bodies(await scene.log(id))).toEqual(["From the first tab", "From the second tab", "To whoever is left", "That is me"]);
});

async function come(page: Page, scene: Scene): Promise<Visitor> {
  await page.goto(scene.url("/?lang=en"));
  const visitor = new Visitor(page);
  await visitor.open();
  return visitor;
}

async function work(browser: Browser, scene: Scene, account: Account, door: number): Promise<Page> {
  const { page } = await openConsole(browser);
  await signIn(page, scene.url("", door).replace(/\/$/, ""), account.email, account.password);
  await page.goto(scene.url("/console/queue", door));
  return page;
}

/** Opens the conversation whose last message is `text`; its id. */
async function take(page: Page, text: string): Promise<string> {
  await page.locator(".row", { hasText: text }).click();
  await page.locator(".message", { hasText: text }).first().waitFor();
  return page.url().split("/").at(-1) ?? "";
}

async function answer(page: Page, text: string): Promise<void> {
  await page.locator("#composer-text").fill(text);
  await page.keyboard.press("Enter");
  await page.locator(".message.ours", { hasText: text }).locator(".is-sent, .is-delivered, .is-read").first().waitFor();
}

/** Every frame that comes over the page's sockets. */
function listen(page: Page): string[] {
  const frames: string[] = [];
  page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => void frames.push(String(payload))));
  return frames;
}

const bodies = (events: StoredEvent[]) => events.filter((event) => event.type === "message").map((event) => event.body);
