import type { Browser, Page } from "@playwright/test";
import { expect, test } from "@playwright/test";
import { closePages, openConsole, signIn, startBrowser } from "./browser";
import { Visitor } from "./people";
import { type Service, startService } from "./service";

const conversations = 1_000;
const eventsPerSecond = 200;
const seconds = 5;
const stallMs = 100;

let service: Service;
let browser: Browser;
let waiting: { visitor: Visitor; id: string }[];

test.beforeAll(async () => {
  service = await startService();
  browser = await startBrowser();
  waiting = await inParallel(conversations, async (index) => {
    const visitor = await Visitor.come(service.direct);
    const id = await visitor.open(`Question ${index}`);
    await visitor.say(id, `I have a question, number ${index}`);
    return { visitor, id };
  });
});

test.afterEach(() => closePages(browser));

test.afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

async function inParallel<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < count; index = next++) made[index] = await make(index);
  };
  await Promise.all(Array.from({ length: 48 }, worker));
  return made;
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Microseconds of the thread itself: what others on the machine take meanwhile is none of the page's. */
  tdur?: number;
  args: { name?: string; data?: { frames?: { isInPrimaryMainFrame: boolean; processId: number }[] } };
}

/**
 * Notes the page's tasks from now on; the answer ends it and gives their milliseconds.
 * `-*` leaves out what is traced by default: every event drops the fraction of a microsecond from its thread's time, and twice a second the sum of
 * them, 100 ms with that many events, is added to whatever task runs then.
 */
async function tasks(page: Page): Promise<() => Promise<number[]>> {
  await browser.startTracing(page, { categories: ["-*", "disabled-by-default-devtools.timeline"] });
  return async () => {
    const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
    const traced = traceEvents.find(({ name }) => name === "TracingStartedInBrowser");
    const frame = traced?.args.data?.frames?.find(({ isInPrimaryMainFrame }) => isInPrimaryMainFrame);
    const main = traceEvents.find(
      ({ name, pid, args }) => name === "thread_name" && args.name === "CrRendererMain" && pid === frame?.processId,
    );
    const ran = traceEvents.filter(({ name, pid, tid }) => name === "RunTask" && pid === main?.pid && tid === main.tid);
    expect(ran.length).toBeGreaterThan(0);
    return ran.map(({ tdur = 0 }) => Math.round(tdur / 1000));
  };
}

function summary(found: readonly number[]): string {
  return `${found.filter((ms) => ms > 50).length} tasks over 50 ms, longest ${Math.max(...found)} ms`;
}

async function openQueue(): Promise<Page> {
  const { page } = await openConsole(browser);
  await signIn(page, service.url, service.email, service.password);
  await page.goto(`${service.url}/console/queue`);
  await page
    .getByText(conversations.toLocaleString("en"), { exact: true })
    .or(page.getByText(String(conversations), { exact: true }))
    .first()
    .waitFor();
  return page;
}

test("a thousand waiting conversations scroll without a stall, and few of them are in the page", async () => {
  const page = await openQueue();
  const ended = await tasks(page);
  const rows = page.locator(".rows");
  for (let top = 0; top < conversations * 74; top += 900) await rows.evaluate((element, to) => element.scrollTo(0, to), top);
  await page
    .locator(".row", { hasText: `Question ${conversations - 1}` })
    .or(page.locator(".row").last())
    .first()
    .waitFor();
  expect(await page.locator(".row").count()).toBeLessThan(60);
  const found = await ended();
  console.info(`scroll: ${summary(found)}`);
  expect(Math.max(...found)).toBeLessThan(stallMs);
});

test("two hundred events a second leave the page free to act", async () => {
  const page = await openQueue();
  await page.locator(".row").first().click();
  await page.locator(".message").first().waitFor();
  const openId = page.url().split("/").at(-1);
  const open = waiting.find(({ id }) => id === openId);
  const ended = await tasks(page);
  const start = performance.now();
  let sent = 0;
  await inParallel(eventsPerSecond * seconds, async (index) => {
    const due = start + (index * 1000) / eventsPerSecond - performance.now();
    if (due > 0) await new Promise((resolve) => setTimeout(resolve, due));
    const one = waiting[index % waiting.length];
    await one?.visitor.say(one.id, `More of it, ${index}`);
    sent++;
  });
  const rate = sent / ((performance.now() - start) / 1000);
  await open?.visitor.say(open.id, "The last word");
  await page.locator(".message", { hasText: "The last word" }).waitFor();
  const found = await ended();
  console.info(`burst: ${Math.round(rate)} events/s, ${summary(found)}`);
  expect(Math.max(...found)).toBeLessThan(stallMs);
});
