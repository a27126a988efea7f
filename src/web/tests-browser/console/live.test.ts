import { setTimeout as delay } from "node:timers/promises";
import { createVisitorChat } from "@gapless-chat/client";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "@playwright/test";
import { useDesk } from "./desk";
import { Visitor } from "./people";

const long = 500;

const desk = useDesk();

async function consoleAt(path: string): Promise<{ page: Page; problems: string[] }> {
  const opened = await desk.consoleOf();
  await opened.page.goto(`${desk.service.url}/console/${path}`);
  return opened;
}

test("a visitor's coming, typing and going are seen in the list and beside the conversation", async () => {
  const visitor = createVisitorChat({ url: desk.service.direct, inbox: "demo", storage: "memory" });
  visitor.start();
  const opened = visitor.open({ topic: "Presence", body: "Anybody here?" });
  const { page, problems } = await consoleAt("queue");
  await page.locator(".row", { hasText: "Presence" }).click();
  await page.locator(".message", { hasText: "Anybody here?" }).waitFor();
  await page.locator(".person", { hasText: "Online" }).waitFor();
  await page.locator(".row[aria-current] .dot.good").waitFor();
  visitor.typing(opened);
  await page.locator(".typing p").waitFor();
  await visitor.stop();
  await page.locator(".person", { hasText: "Offline" }).waitFor();
  expect(problems).toEqual([]);
});

test("a long timeline shows its end, keeps its place while older lines come, and reaches its beginning", async () => {
  const visitor = await Visitor.come(desk.service.direct);
  const id = await visitor.open("Long");
  for (let n = 1; n <= long; n++) await visitor.say(id, `Line ${n} ${"with more words ".repeat(n % 7)}`);
  const { page, problems } = await desk.consoleOf();
  // Older lines come at any time: before he has reached the top, when he is there, while he moves.
  await page.routeWebSocket(/./, (socket) => {
    let frames = 0;
    let sent = Promise.resolve();
    socket.connectToServer().onMessage((frame) => {
      const lateMs = (137 * frames++) % 400;
      sent = sent.then(() => delay(lateMs)).then(() => socket.send(frame));
    });
  });
  await page.goto(`${desk.service.url}/console/queue/${id}`);
  await page.locator(".message", { hasText: `Line ${long} ` }).waitFor();
  expect(await page.locator(".message").count()).toBeLessThan(60);
  const timeline = page.locator(".timeline");
  const first = page.locator(".message", { hasText: /Line 1 / });
  const seen = new Set<number>();
  for (let deviation = 0; !seen.has(1); ) {
    const step = await stepUp(timeline);
    deviation = Math.max(deviation, step.deviation);
    // What is in the page is a piece of the log: nothing twice, nothing left out.
    expect(step.lines).toEqual(step.lines.map((_, index) => (step.lines[0] ?? 0) + index));
    expect(deviation).toBeLessThanOrEqual(2);
    for (const line of step.lines) seen.add(line);
  }
  expect(seen.size).toBe(Math.max(...seen));
  await expect(first).toHaveCount(1);
  await page.getByRole("button", { name: "To the newest" }).click();
  await page.locator(".message", { hasText: `Line ${long} ` }).waitFor();
  await visitor.say(id, "And one more");
  await page.locator(".message", { hasText: "And one more" }).waitFor();
  expect(await timeline.evaluate((element) => element.scrollHeight - element.clientHeight - element.scrollTop)).toBeLessThan(40);
  expect(problems).toEqual([]);
});

/**
 * Scrolls up by less than a screen. Gives the numbers of the lines in the page, and by how many pixels the line in sight was elsewhere in any frame of
 * the next eighth of a second, in which earlier lines may come.
 */
function stepUp(timeline: Locator): Promise<{ deviation: number; lines: number[] }> {
  return timeline.evaluate(async (box) => {
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    box.scrollTop -= 700;
    // Heights are known when lines have been drawn once.
    for (let i = 0; i < 3; i++) await frame();
    const middle = box.getBoundingClientRect().top + box.clientHeight / 2;
    const inSight = [...box.querySelectorAll(".message")].find((one) => one.getBoundingClientRect().top > middle);
    const top = () => inSight?.getBoundingClientRect().top ?? Number.NaN;
    const start = top();
    let deviation = 0;
    for (const end = performance.now() + 125; performance.now() < end; await frame())
      deviation = Math.max(deviation, Math.abs(top() - start));
    const places = [...box.querySelectorAll<HTMLElement>(".line")].sort(
      (a, b) => Number(a.dataset.index) - Number(b.dataset.index),
    );
    const numbers = places.map((place) => /Line (\d+) /.exec(place.textContent ?? "")?.[1]);
    return { deviation, lines: numbers.filter((number) => number !== undefined).map(Number) };
  });
}

test("a supervisor sees who is loaded and takes a conversation over", async () => {
  const visitor = await Visitor.come(desk.service.direct);
  const id = await visitor.open("Take over");
  await visitor.say(id, "Who helps me?");
  const dora = await desk.admin.colleague("Dora", "operator", [desk.inboxId]);
  await dora.operator.claim(id);
  const { page, problems } = await consoleAt("supervisor");
  await page.locator(".person-head", { hasText: "Dora" }).filter({ hasText: "1 waiting" }).click();
  await page.getByRole("button", { name: "Take over" }).click();
  await page.locator(".person-head", { hasText: "Dora" }).filter({ hasText: "0 / " }).waitFor();
  const { conversation } = await desk.admin.rest<{ conversation: { assignee: { id: string } } }>("GET", `/conversations/${id}`);
  expect(conversation.assignee.id).toBe(desk.admin.id);
  expect(problems).toEqual([]);
});

test("the title counts what waits, and availability and capacity are kept", async () => {
  const { page, problems } = await consoleAt("mine");
  const visitor = await Visitor.come(desk.service.direct);
  const id = await visitor.open("Count me");
  await visitor.say(id, "Hello");
  await expect.poll(() => page.title()).toMatch(/^\([1-9]\d*\) Chat$/);
  const { capacity } = await desk.admin.rest<{ capacity: number }>("GET", "/me/availability");
  await page.locator(".me").click();
  await page.getByRole("button", { name: "Away" }).click();
  await page.getByRole("button", { name: "More", exact: true }).click();
  await expect.poll(() => desk.admin.rest("GET", "/me/availability")).toEqual({ availability: "away", capacity: capacity + 1 });
  await page.reload();
  await page.locator(".me", { hasText: "Away" }).waitFor();
  await page.getByRole("button", { name: "Become available" }).click();
  await expect.poll(() => desk.admin.rest("GET", "/me/availability")).toEqual({ availability: "online", capacity: capacity + 1 });
  await expect(page.getByText("You are on a break")).toBeHidden();
  expect(problems).toEqual([]);
});

test("what a colleague does to a visitor shows at once, in the panel and in the conversation", async () => {
  const visitor = await Visitor.come(desk.service.direct);
  const id = await visitor.open("Rude");
  await visitor.say(id, "You are all idiots");
  const eva = await desk.admin.colleague("Eva", "operator", [desk.inboxId]);
  const { page, problems } = await consoleAt(`queue/${id}`);
  await page.locator(".message", { hasText: "You are all idiots" }).waitFor();

  await eva.operator.rest("PUT", `/visitors/${visitor.id}/block`, { reason: "Insults" });
  await page.locator(".notice", { hasText: "Eva blocks the visitor" }).waitFor();
  await page.locator(".person-chips", { hasText: "Blocked" }).waitFor();
  await eva.operator.rest("DELETE", `/visitors/${visitor.id}/block`);
  await page.locator(".notice", { hasText: "Eva unblocks the visitor" }).waitFor();
  await expect(page.locator(".person-chips", { hasText: "Blocked" })).toBeHidden();
  await visitor.say(id, "Sorry");
  await page.locator(".message", { hasText: "Sorry" }).waitFor();
  expect(problems).toEqual([]);
});
