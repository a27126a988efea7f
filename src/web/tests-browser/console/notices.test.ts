import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, test } from "@playwright/test";
import { tonesOf } from "../sounds";
import { useDesk } from "./desk";
import { Visitor } from "./people";

const desk = useDesk();

interface Shown {
  title: string;
  body: string;
}

/** What the page asks the system to show, from the next address that it opens; and whether it thinks that nobody looks. Without windows there is no system. */
async function watchNotifications(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shown: EventTarget[] = [];
    Object.assign(globalThis, { shown, isAway: false });
    class Shown extends EventTarget {
      static readonly permission = "granted";
      static readonly requestPermission = async () => Shown.permission;
      readonly body: string;
      onclick: (() => void) | undefined;

      constructor(
        readonly title: string,
        options?: NotificationOptions,
      ) {
        super();
        this.body = options?.body ?? "";
        this.addEventListener("click", () => this.onclick?.());
        shown.push(this);
      }

      close(): void {}
    }
    Object.assign(globalThis, { Notification: Shown });
    Object.defineProperty(document, "hidden", { get: () => (globalThis as unknown as { isAway: boolean }).isAway });
  });
}

function lookAway(page: Page, isAway: boolean): Promise<void> {
  return page.evaluate((is) => void Object.assign(globalThis, { isAway: is }), isAway);
}

function shownBy(page: Page): Promise<Shown[]> {
  return page.evaluate(() =>
    (globalThis as unknown as { shown: Notification[] }).shown.map(({ title, body }) => ({ title, body })),
  );
}

test("a visitor's message rings and shows on the desktop of who looks elsewhere, and a click on it leads there", async () => {
  const { page, problems } = await desk.consoleOf();
  const tones = await tonesOf(page);
  await watchNotifications(page);
  await page.goto(`${desk.service.url}/console/queue`);
  await page.locator(".me").click();
  await page.getByRole("switch", { name: "Desktop notifications" }).check();
  await page.keyboard.press("Escape");
  await lookAway(page, true);

  const visitor = await Visitor.come(desk.service.direct);
  const id = await visitor.open("Bell");
  await expect.poll(() => shownBy(page)).toEqual([{ title: expect.stringMatching(/./), body: "Bell" }]);
  await expect.poll(() => tones).toEqual([523, 659]);
  await visitor.say(id, "Does it ring?");
  await desk.admin.claim(id);
  await page.locator(".row", { hasText: "Does it ring?" }).waitFor({ state: "detached" });
  // Two sounds have two seconds between them.
  await expect
    .poll(async () => {
      await visitor.say(id, "Hello?");
      return tones.slice(2);
    })
    .toEqual([660, 880]);
  expect((await shownBy(page)).at(-1)?.body).toBe("Hello?");

  await lookAway(page, false);
  await page.evaluate(() => (globalThis as unknown as { shown: Notification[] }).shown.at(-1)?.dispatchEvent(new Event("click")));
  await expect(page).toHaveURL(`${desk.service.url}/console/mine/${id}`);
  await page.locator(".message", { hasText: "Does it ring?" }).waitFor();
  const before = (await shownBy(page)).length;
  await visitor.say(id, "Thank you");
  await page.locator(".message", { hasText: "Thank you" }).waitFor();
  expect(await shownBy(page)).toHaveLength(before);
  expect(problems).toEqual([]);
});

test("a transcript has the conversation's name, and notes too", async () => {
  const visitor = await Visitor.come(desk.service.direct);
  const id = await visitor.open("In writing");
  await visitor.say(id, "May I have it in writing?");
  await desk.admin.say(id, "He may", "note");
  const { page, problems } = await desk.consoleOf();
  await page.goto(`${desk.service.url}/console/all/${id}`);
  await page.locator(".message", { hasText: "He may" }).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Transcript" }).click()]);

  expect(download.suggestedFilename()).toBe(`${id}.txt`);
  const text = await readFile(await download.path(), "utf8");
  expect(text).toMatch(/May I have it in writing\?[\s\S]*He may/);
  expect(problems).toEqual([]);
});
