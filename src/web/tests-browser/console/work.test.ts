import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { expect, test } from "@playwright/test";
import { generousMs, openConsole } from "./browser";
import { useDesk } from "./desk";
import { Visitor } from "./people";

interface Stored {
  seq: number;
  type: string;
  data?: { body?: string };
}

const desk = useDesk();

async function waiting(topic: string): Promise<{ visitor: Visitor; id: string }> {
  const visitor = await Visitor.come(desk.service.url);
  const id = await visitor.open(topic);
  await visitor.say(id, `Question about ${topic}`);
  return { visitor, id };
}

async function goTo(page: Page, view: string, id: string): Promise<void> {
  await page.goto(`${desk.service.url}/console/${view}/${id}`);
  await page.locator(".message").first().waitFor();
}

/** What the database holds, as the server reads it out. */
async function stored(id: string): Promise<Stored[]> {
  return (await desk.admin.rest<{ events: Stored[] }>("GET", `/conversations/${id}/events?limit=200`)).events;
}

const bodies = (events: readonly Stored[]) => events.filter((one) => one.type === "message").map((one) => one.data?.body);

test("a conversation is taken, answered and closed without the mouse", async () => {
  const { visitor, id } = await waiting("keyboard");
  const { page, problems } = await desk.consoleOf();
  await page.keyboard.press("g");
  await page.keyboard.press("q");
  await page.locator(".row", { hasText: "Question about keyboard" }).waitFor();
  await page.keyboard.press("j");
  await page.locator(".message").first().waitFor();
  await page.keyboard.press("r");
  await page.keyboard.type("Good morning");
  await page.keyboard.press("Enter");
  await page.locator(".message.ours", { hasText: "Good morning" }).locator(".is-sent, .is-delivered").waitFor();
  await visitor.say(id, "Good morning to you");
  await page.locator(".message.theirs", { hasText: "to you" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("e");
  await page.getByText("The conversation is closed.").waitFor();
  const events = await stored(id);
  expect(bodies(events)).toEqual(["Question about keyboard", "Good morning", "Good morning to you"]);
  expect(events.map((one) => one.type)).toContain("assigned");
  expect((await desk.admin.rest<{ conversation: { status: string } }>("GET", `/conversations/${id}`)).conversation.status).toBe(
    "closed",
  );
  expect(problems).toEqual([]);
});

test("of two who answer at once one takes it, and the other keeps his text", async () => {
  const { id } = await waiting("two at once");
  const anna = await desk.admin.colleague("Anna", "operator", [desk.inboxId]);
  const pages = await Promise.all([desk.consoleOf(), desk.consoleOf(anna.email, anna.password)]);
  for (const { page } of pages) {
    await goTo(page, "queue", id);
    await page.locator("#composer-text").fill("Mine!");
  }
  await Promise.all(pages.map(({ page }) => page.keyboard.press("Enter")));
  await Promise.all(pages.map(({ page }) => page.locator(".message.ours", { hasText: "Mine!" }).first().waitFor()));
  expect(bodies(await stored(id))).toEqual(["Question about two at once", "Mine!"]);
  const texts = await Promise.all(pages.map(({ page }) => page.locator("#composer-text").inputValue()));
  expect(texts.sort()).toEqual(["", "Mine!"]);
});

test("what is written without a connection is sent once when it is back", async () => {
  const { visitor, id } = await waiting("tunnel");
  await desk.admin.claim(id);
  const { page } = await desk.consoleOf();
  await goTo(page, "mine", id);
  await desk.service.cut(true);
  await page.locator(".connection-bar").waitFor();
  await page.locator("#composer-text").fill("Written in a tunnel");
  await page.keyboard.press("Enter");
  await page.locator(".message.is-sending").waitFor();
  await desk.service.cut(false);
  await page.locator(".message.is-sending").waitFor({ state: "detached" });
  await page.locator(".message.ours.is-sent", { hasText: "tunnel" }).waitFor();
  await visitor.say(id, "Got it");
  await page.locator(".message", { hasText: "Got it" }).waitFor();
  expect(bodies(await stored(id))).toEqual(["Question about tunnel", "Written in a tunnel", "Got it"]);
});

test("a conversation that waits is answered without a connection: taken and answered once when it is back", async () => {
  const { visitor, id } = await waiting("tunnel to the queue");
  const { page } = await desk.consoleOf();
  await goTo(page, "queue", id);
  const composer = page.locator("#composer-text");
  await desk.service.cut(true);
  await page.locator(".connection-bar").waitFor();
  await composer.fill("I am on it");
  await composer.press("Enter");
  await page.getByText("Sending: I am on it").waitFor();
  await composer.fill("One moment");
  await composer.press("Enter");
  await desk.service.cut(false);
  await page.locator(".message.ours.is-sent", { hasText: "I am on it" }).waitFor();
  await visitor.say(id, "Thank you");
  await page.locator(".message", { hasText: "Thank you" }).waitFor();
  await expect(composer).toHaveValue("One moment");
  expect(bodies(await stored(id))).toEqual(["Question about tunnel to the queue", "I am on it", "Thank you"]);
});

test("a correction stays one when its text is written anew, and leaves the reply that was being written", async () => {
  const { id } = await waiting("a correction");
  await desk.admin.claim(id);
  const { page, problems } = await desk.consoleOf();
  await goTo(page, "mine", id);
  const composer = page.locator("#composer-text");
  await composer.fill("Helo");
  await composer.press("Enter");
  const message = page.locator(".message.ours.is-sent");
  await message.filter({ hasText: "Helo" }).waitFor();
  await composer.fill("How can I");
  await message.hover();
  await message.getByRole("button", { name: "Edit" }).click();
  await expect(composer).toHaveValue("Helo");
  await composer.fill("");
  await composer.pressSequentially("Hello");
  await composer.press("Enter");
  await message.filter({ hasText: "edited" }).waitFor();
  await expect(composer).toHaveValue("How can I");
  expect(bodies(await stored(id))).toEqual(["Question about a correction", "Hello"]);
  expect(problems).toEqual([]);
});

test("all that is in a menu is reached by keys, and whoever leaves it closes it", async () => {
  const { id } = await waiting("keys in menus");
  const { page, problems } = await desk.consoleOf();
  await goTo(page, "queue", id);
  const { capacity } = await desk.admin.rest<{ capacity: number }>("GET", "/me/availability");
  const menu = page.locator(".menu");
  await page.locator(".me").press("Enter");
  await menu.getByRole("button", { name: /^Available/ }).press("ArrowUp");
  await expect(menu.getByRole("button", { name: "Sign out" })).toBeFocused();
  for (let step = 0; step < 5; step++) await page.keyboard.press("ArrowDown");
  await expect(menu.getByRole("button", { name: "More", exact: true })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect.poll(() => desk.admin.rest("GET", "/me/availability")).toMatchObject({ capacity: capacity + 1 });
  await page.keyboard.press("Tab");
  await expect(menu.getByRole("switch", { name: "Sound" })).toBeFocused();
  await menu.getByRole("button", { name: "Sign out" }).press("Tab");
  await expect(menu).toBeHidden();
  await expect(page.locator(".me")).not.toBeFocused();

  await page.locator(".bar h2").click();
  await page.keyboard.press("s");
  await menu.getByRole("button", { name: "In an hour" }).press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  const own = menu.getByLabel("Another time");
  await expect(own).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowDown");
  await expect(own).toBeFocused();
  await page.keyboard.press("Enter");
  await page.locator(".row", { hasText: "keys in menus" }).waitFor({ state: "detached" });
  const { conversation } = await desk.admin.rest<{ conversation: { status: string } }>("GET", `/conversations/${id}`);
  expect(conversation.status).toBe("snoozed");
  expect(problems).toEqual([]);
});

test("drafts belong to their conversation, survive a reload and go with the sign-out", async () => {
  const one = await waiting("draft one");
  const two = await waiting("draft two");
  const { page } = await desk.consoleOf();
  await goTo(page, "queue", one.id);
  await page.locator("#composer-text").fill("half a sentence for one");
  await page.locator(".row", { hasText: "draft two" }).click();
  await page.locator(".bar", { hasText: "draft two" }).waitFor();
  expect(await page.locator("#composer-text").inputValue()).toBe("");
  await page.locator(".row-draft").waitFor();
  await goTo(page, "queue", one.id);
  expect(await page.locator("#composer-text").inputValue()).toBe("half a sentence for one");
  // A server that takes its time: nobody must get in again meanwhile.
  await page.route("**/operator/logout", (route) => delay(500).then(() => route.continue()));
  await page.locator(".me").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.locator("input[type=password]").waitFor();
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain("half a sentence");
  await page.reload();
  await page.locator("input[type=password]").waitFor();
  expect(two.id).not.toBe(one.id);
});

test("a transfer with a note reaches the colleague, and the visitor reads nothing of it", async () => {
  const { visitor, id } = await waiting("transfer");
  const bela = await desk.admin.colleague("Béla", "operator", [desk.inboxId]);
  const { page } = await desk.consoleOf();
  const his = await desk.consoleOf(bela.email, bela.password);
  await goTo(page, "queue", id);
  await page.keyboard.press("t");
  await page.getByLabel("Person or team").fill("Béla");
  await page.getByLabel("Note for whom it goes to").fill("He wants his money back");
  await page.getByRole("button", { name: "Transfer" }).click();
  await his.page.locator(".row", { hasText: "Question about transfer" }).click();
  await his.page.locator(".message.note", { hasText: "money back" }).waitFor();
  const answer = await fetch(`${desk.service.url}/api/v1/conversations/${id}/events`, {
    headers: { Authorization: `Bearer ${visitor.token}` },
  });
  const seen = await answer.text();
  expect(answer.status).toBe(200);
  expect(seen).toContain("Question about transfer");
  expect(seen).not.toContain("money back");
});

test("tags, snoozing and blocking are stored", async () => {
  const { visitor, id } = await waiting("three things");
  const { page } = await desk.consoleOf();
  await goTo(page, "queue", id);
  await page.keyboard.press("l");
  await page.keyboard.type("vip");
  await page.keyboard.press("Enter");
  await page.locator(".tag", { hasText: "vip" }).waitFor();
  await page.getByRole("button", { name: "Block" }).click();
  await page.locator("dialog").getByRole("button", { name: "Block" }).click();
  await page.locator(".chip", { hasText: "Blocked" }).waitFor();
  await expect(visitor.say(id, "still here?")).rejects.toThrow(/403/);
  await page.getByRole("button", { name: "Unblock" }).click();
  await page.locator(".chip", { hasText: "Blocked" }).waitFor({ state: "detached" });
  await visitor.say(id, "thank you");
  await page.locator(".bar h2").click();
  await page.keyboard.press("s");
  await page.getByText("In an hour").click();
  await page.locator(".row", { hasText: "three things" }).waitFor({ state: "detached" });
  const { conversation } = await desk.admin.rest<{ conversation: { status: string; tags: string[]; snoozedUntil: string } }>(
    "GET",
    `/conversations/${id}`,
  );
  expect(conversation).toMatchObject({ status: "snoozed", tags: ["vip"] });
});

test("a new operator chooses a password at the first sign-in and stays signed in over a reload", async () => {
  const { page, problems } = await desk.consoleOf();
  await page.goto(`${desk.service.url}/console/settings/operators`);
  await page.getByRole("button", { name: "Add operator" }).click();
  await page.getByLabel("Name").fill("Carla");
  await page.getByLabel("E-mail").fill("carla@shop.example");
  await page.locator(".checks label").first().click();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const given = (await page.locator("pre[aria-label=Password]").textContent())?.trim() ?? "";
  const hers = await openConsole(desk.browser);
  await hers.page.goto(`${desk.service.url}/console`);
  await hers.page.getByLabel("E-mail").fill("carla@shop.example");
  await hers.page.getByLabel("Password").fill(given);
  await hers.page.keyboard.press("Enter");
  await hers.page.getByLabel("New password").fill("correct horse battery");
  await hers.page.getByLabel("Once more").fill("correct horse battery");
  await hers.page.keyboard.press("Enter");
  await hers.page.locator("nav.sidebar").waitFor();
  await hers.page.reload();
  await hers.page.locator(".me", { hasText: "Carla" }).waitFor();
  await expect(hers.page.getByRole("link", { name: "Settings" }).count()).resolves.toBe(0);
  for (const one of [problems, hers.problems]) expect(one).toEqual([]);
});

test("an inbox is made, dressed and kept", async () => {
  const { page, problems } = await desk.consoleOf();
  await page.goto(`${desk.service.url}/console/settings/inboxes`);
  await page.getByRole("button", { name: "New inbox" }).click();
  await page.getByLabel("Name").fill("Hotels");
  await page.getByLabel("Website").fill("https://hotels.example");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("data-inbox").waitFor();
  await page.getByRole("link", { name: "Appearance" }).click();
  await page.getByRole("button", { name: "#0f766e" }).click();
  await page.getByLabel("Greeting · EN").fill("Welcome!");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved").waitFor();
  await page.getByRole("link", { name: "Form" }).click();
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByLabel("Label · EN").fill("What is it about?");
  await page.getByLabel("Type").selectOption("select");
  await page.getByLabel("Options").pressSequentially("room | A room\nbill | The bill | Счёт");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator(".save-bar").waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Hours" }).click();
  await page.getByText("Business hours", { exact: true }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator(".save-bar").waitFor({ state: "detached", timeout: generousMs });
  const { inboxes } = await desk.admin.rest<{
    inboxes: {
      name: string;
      appearance: object;
      form?: { fields: { options: { value: string }[] }[] };
      hours?: { weekly: object[] };
      origins: string[];
    }[];
  }>("GET", "/admin/inboxes");
  const made = inboxes.find((inbox) => inbox.name === "Hotels");
  expect(made).toMatchObject({
    appearance: { color: "#0f766e", greeting: { en: "Welcome!" } },
    origins: ["https://hotels.example"],
  });
  expect(made?.form?.fields[0]?.options.map((option) => option.value)).toEqual(["room", "bill"]);
  expect(made?.hours?.weekly).toHaveLength(5);
  expect(problems).toEqual([]);
});
