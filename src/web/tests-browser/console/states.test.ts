import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { expect, test } from "@playwright/test";
import { violations } from "../axe";
import { closePages, openConsole, signIn, startBrowser, type Wishes } from "./browser";
import { type Service, startService } from "./service";
import { makeBusy, makeWorld, type World } from "./world";

// For whoever looks at a run. CHAT_UPDATE_SCREENSHOTS=1 writes those anew that are kept beside the sources.
const pictures = join(import.meta.dirname, "../../../../artifacts/console");
const screenshots = join(import.meta.dirname, "../../screenshots");
const isUpdating = process.env.CHAT_UPDATE_SCREENSHOTS === "1";

/** The states whose pictures are kept. */
const kept: ReadonlySet<string> = new Set([
  "sign-in",
  "empty",
  "busy",
  "canned",
  "long",
  "stale-view",
  "assign",
  "shortcuts",
  "palette",
  "supervisor",
  "settings-inboxes",
  "settings-operators",
  "inbox-appearance",
  "inbox-hours",
  "inbox-install",
  "dark",
  "russian",
  "narrow",
]);

let service: Service;
let browser: Browser;
let world: World;

test.beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  service = await startService();
  browser = await startBrowser();
  world = await makeWorld(service);
});

test.afterEach(() => closePages(browser));

test.afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

/** Looks at a state: takes its picture, and axe and the page's own complaints must find nothing. */
async function look(page: Page, name: string): Promise<void> {
  // Settled, not fulfilled: an animation whose element goes meanwhile is over too.
  await page.evaluate(() =>
    Promise.allSettled([
      document.fonts.ready,
      ...document
        .getAnimations()
        .map((one) => (one.effect?.getTiming().iterations === Number.POSITIVE_INFINITY ? undefined : one.finished)),
    ]),
  );
  await page.screenshot({ path: join(isUpdating && kept.has(name) ? screenshots : pictures, `console-${name}.png`) });
  expect(await violations(page), name).toEqual([]);
}

async function signedIn(wishes: Wishes = {}): Promise<{ page: Page; problems: string[] }> {
  const opened = await openConsole(browser, wishes);
  await signIn(opened.page, service.url, service.email, service.password);
  return opened;
}

async function open(page: Page, topic: string, view = "mine"): Promise<string> {
  const id = world.conversations.get(topic)?.id ?? "";
  await page.goto(`${service.url}/console/${view}/${id}`);
  await page.locator(".message").first().waitFor();
  return id;
}

test("sign-in, and a wrong password", async () => {
  const { page, problems } = await openConsole(browser);
  await page.goto(`${service.url}/console`);
  await page.locator("input[type=email]").fill("admin@localhost");
  await page.locator("input[type=password]").fill("not it");
  await page.locator("button[type=submit]").click();
  await page.getByRole("alert").waitFor();
  await look(page, "sign-in");
  expect(problems).toEqual([]);
});

test("nothing chosen, nothing found", async () => {
  const { page, problems } = await signedIn();
  await page.goto(`${service.url}/console/snoozed`);
  await page.locator(".empty").first().waitFor();
  await look(page, "empty");
  expect(problems).toEqual([]);
});

test("thirty conversations and a busy timeline", async () => {
  const { page, problems } = await signedIn();
  await makeBusy(world, "Lost bag in Vienna");
  const id = await open(page, "Lost bag in Vienna", "all");
  await world.conversations.get("Lost bag in Vienna")?.visitor.typing(id);
  await page.locator(".quote").waitFor();
  await look(page, "busy");
  await page.locator("#composer-text").fill("/");
  await page.locator(".canned-item").first().waitFor();
  await look(page, "canned");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Note", exact: true }).click();
  await look(page, "note");
  expect(problems).toEqual([]);
});

test("hostile and long texts", async () => {
  const { page, problems } = await signedIn();
  const found = world.conversations.get("Справка о перелёте");
  if (!found) throw new Error("no conversation");
  await found.visitor.say(
    found.id,
    "<script>alert(1)</script> <img src=x onerror=alert(2)> javascript:alert(3) https://evil.example/\u202Egpj.exe",
  );
  await found.visitor.say(found.id, `H\u0335\u0321\u0322\u031b\u0327e\u0337\u0328\u031b llo ${"\u0301".repeat(60)} Z̷̢̛̟͔a̸l̴g̷o`);
  await found.visitor.say(found.id, "A".repeat(400));
  await found.visitor.say(found.id, "Первая строка длинного письма. ".repeat(100).slice(0, 3000));
  await found.visitor.say(found.id, "😀👩‍👩‍👧‍👦🏳️‍🌈🇦🇹");
  await open(page, "Справка о перелёте");
  await page.locator(".fold").waitFor();
  await look(page, "long");
  expect(await page.locator(".message-body script, .message-body img").count()).toBe(0);
  expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
  expect(problems).toEqual([]);
});

test("what a colleague wrote meanwhile holds the answer", async () => {
  const { page, problems } = await signedIn();
  const id = await open(page, "Seat next to my son");
  await page.locator("#composer-text").fill("I have put you in 14A and 14B.");
  await world.anna.operator.say(id, "Good day! Seats 21C and 21D are yours now.");
  await page.getByText("21C and 21D").first().waitFor();
  await page.keyboard.press("Enter");
  await page.locator(".held").waitFor();
  await look(page, "stale-view");
  await page.locator(".held").getByRole("button", { name: "Edit" }).click();
  await page.locator(".held").waitFor({ state: "detached" });
  expect(await page.locator("#composer-text").inputValue()).toBe("I have put you in 14A and 14B.");
  expect(problems).toEqual([]);
});

test("menus and dialogs", async () => {
  const { page, problems } = await signedIn();
  await open(page, "Refund after cancellation");
  await page.keyboard.press("a");
  await page.locator(".assign-list .menu-item").nth(3).waitFor();
  await look(page, "assign");
  await page.keyboard.press("Escape");
  await page.keyboard.press("s");
  await page.locator(".menu").waitFor();
  await look(page, "snooze");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await page.locator(".sheet").waitFor();
  await look(page, "shortcuts");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.locator(".palette-input").fill("re");
  await look(page, "palette");
  await page.keyboard.press("Escape");
  await page.locator(".me").click();
  await page.locator(".menu").waitFor();
  await look(page, "me");
  await page.getByRole("button", { name: "Away" }).click();
  await page.keyboard.press("Escape");
  await page.locator(".away-note").waitFor();
  await look(page, "away");
  await page.getByRole("button", { name: "Become available" }).click();
  await page.getByRole("button", { name: "Block" }).click();
  await page.locator("dialog").waitFor();
  await look(page, "block");
  await page.locator("dialog").getByRole("button", { name: "Block" }).click();
  await page.locator(".notice", { hasText: "blocks the visitor" }).waitFor();
  await look(page, "blocked");
  await page.getByRole("button", { name: "Unblock" }).click();
  await page.locator(".notice", { hasText: "unblocks the visitor" }).waitFor();
  expect(problems).toEqual([]);
});

test("supervisor", async () => {
  const { page, problems } = await signedIn();
  await page.goto(`${service.url}/console/supervisor`);
  await page.locator(".person-head", { hasText: "Anna" }).click();
  await page.locator(".held-row").first().waitFor();
  await look(page, "supervisor");
  expect(problems).toEqual([]);
});

test("every page of the settings", async () => {
  const { page, problems } = await signedIn();
  const settings = `${service.url}/console/settings`;
  for (const section of ["inboxes", "teams", "operators", "replies"]) {
    await page.goto(`${settings}/${section}`);
    await page.locator(".card-row").first().waitFor();
    await look(page, `settings-${section}`);
  }
  for (const tab of ["general", "appearance", "form", "hours", "security", "members", "install"]) {
    await page.goto(`${settings}/inboxes/${world.inboxId}/${tab}`);
    await page.locator(".form").first().waitFor();
    if (tab === "security" || tab === "members") await page.locator(".card-row").first().waitFor();
    await look(page, `inbox-${tab}`);
  }
  await page.goto(`${settings}/operators`);
  await page.getByRole("button", { name: "Add operator" }).click();
  await page.locator("dialog").waitFor();
  await look(page, "settings-invite");
  await page.goto(`${settings}/replies`);
  await page.getByRole("button", { name: "Edit" }).first().click();
  await page.locator("dialog").waitFor();
  await look(page, "settings-reply");
  expect(problems).toEqual([]);
});

test("dark, Russian, narrow, closed, without a connection", async () => {
  const dark = await signedIn({ theme: "dark" });
  await open(dark.page, "Lost bag in Vienna", "mine");
  await look(dark.page, "dark");
  await dark.page.goto(`${service.url}/console/settings/inboxes/${world.inboxId}/appearance`);
  await dark.page.locator(".preview").waitFor();
  await look(dark.page, "dark-settings");

  const russian = await signedIn({ locale: "ru" });
  await open(russian.page, "Возврат билета");
  await look(russian.page, "russian");
  await russian.page.keyboard.press("?");
  await russian.page.locator(".sheet").waitFor();
  await look(russian.page, "russian-shortcuts");

  const narrow = await signedIn({ size: { width: 900, height: 700 } });
  await open(narrow.page, "Lost bag in Vienna");
  await look(narrow.page, "narrow");

  const { page } = await signedIn();
  const id = await open(page, "Upgrade with miles");
  await page.keyboard.press("e");
  await page.getByText("The conversation is closed.").waitFor();
  await world.conversations.get("Upgrade with miles")?.visitor.rate(id, 4, "Quick, thank you!");
  await open(page, "Upgrade with miles", "closed");
  await page.locator(".notice.rated").waitFor();
  await look(page, "closed");
  await service.cut(true);
  await page.locator(".connection-bar").waitFor();
  await look(page, "offline");
  await service.cut(false);
  await page.locator(".connection-bar").waitFor({ state: "detached" });
  for (const one of [dark, russian, narrow]) expect(one.problems).toEqual([]);
});
