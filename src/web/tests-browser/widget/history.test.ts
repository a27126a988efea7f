import type { Frame } from "@playwright/test";
import { expect, test } from "../scene.ts";
import { Operator } from "./operator.ts";
import { Visitor } from "./visitor.ts";

const messages = 500;

test("five hundred messages come in from above without a jump, each once", async ({ scene, page }) => {
  const operator = await Operator.admin(scene);
  await page.goto(scene.url("/?lang=en"));
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.say("Tell me everything");
  const id = await operator.find("Tell me everything");
  await operator.claim(id);
  await page.goto("about:blank");
  for (let sent = 1; sent < messages; sent += 10) {
    const part = Array.from({ length: Math.min(10, messages - sent) }, (_, i) => sent + i);
    await Promise.all(part.map((n) => operator.send(id, `Chapter ${n}. ${"And so on. ".repeat(n % 9)}`)));
  }
  await page.goto(scene.url("/?lang=en"));
  await visitor.reopen();
  await expect(visitor.frame.locator(".message").nth(50)).toBeVisible();
  const frame = page.frames().find((one) => one !== page.mainFrame());
  if (!frame) throw new Error("The chat has no frame.");

  let pages = 0;
  let deviation = 0;
  while ((await seqs(frame))[0] !== undefined && !(await visitor.message("Tell me everything").count())) {
    deviation = Math.max(deviation, await pageUp(frame));
    pages++;
  }

  expect(pages).toBeGreaterThan(5);
  expect(deviation).toBeLessThanOrEqual(2);
  const shown = await seqs(frame);
  const stored = (await scene.log(id)).filter(({ type }) => type === "message").map(({ seq }) => seq);
  expect(stored).toHaveLength(messages);
  expect(shown.filter((seq) => stored.includes(seq))).toEqual(stored);
});

/** Of all lines, in their order on the page. */
function seqs(frame: Frame): Promise<number[]> {
  return frame.locator("[id^=seq-]").evaluateAll((lines) => lines.map(({ id }) => Number(id.slice(4))));
}

/** Scrolls to where earlier lines are asked for; gives by how many pixels the line in sight was elsewhere in any frame until they were there. */
function pageUp(frame: Frame): Promise<number> {
  return frame.evaluate(async () => {
    const box = document.querySelector<HTMLElement>("main.timeline");
    const first = () => document.querySelector("[id^=seq-]");
    const before = first();
    if (!box || !before) throw new Error("There is no timeline.");
    box.scrollTop = 60;
    const middle = box.getBoundingClientRect().top + box.clientHeight / 2;
    const line = [...document.querySelectorAll(".message")].find((one) => one.getBoundingClientRect().top > middle);
    const top = () => line?.getBoundingClientRect().top ?? Number.NaN;
    const start = top();
    let most = 0;
    const deadline = performance.now() + 10_000;
    for (let settled = 0; settled < 5; settled += first() === before ? 0 : 1) {
      if (performance.now() > deadline) throw new Error("Nothing earlier came.");
      await new Promise((next) => requestAnimationFrame(next));
      most = Math.max(most, Math.abs(top() - start));
    }
    return most;
  });
}
