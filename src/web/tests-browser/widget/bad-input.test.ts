import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "../scene.ts";
import { Operator } from "./operator.ts";
import { Visitor } from "./visitor.ts";

const hostile = [
  "<script>globalThis.broken = 1</script><img src=x onerror='globalThis.broken = 1'>",
  "javascript:globalThis.broken=1 https://user:pass@bank.example/",
  "\u202egnp.exe\u202c",
  `Z${"\u0301\u0316\u0334".repeat(300)}algo`,
];

test("hostile text stays text", async ({ scene, page }) => {
  const operator = await Operator.admin(scene);
  await page.goto(scene.url("/?lang=en"));
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.say("Hostile begins");
  const id = await operator.find("Hostile begins");
  await operator.claim(id);
  for (const text of hostile) {
    await visitor.say(text);
    await operator.send(id, text);
  }
  await operator.send(id, "Hostile ends");
  await expect(visitor.message("Hostile ends")).toBeVisible();

  await expect(visitor.frame.locator(".message img[src=x], .message script")).toHaveCount(0);
  await expect(visitor.frame.locator(".message a")).toHaveCount(0);
  const frame = page.frames().find((one) => one.url().includes("/widget/"));
  expect(await frame?.evaluate(() => "broken" in globalThis)).toBe(false);
  await visitor.expectAccessible();
});

test("20,000 characters are kept in the field and not sent", async ({ scene, page }) => {
  await page.goto(scene.url("/?lang=en"));
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.composer.fill("x".repeat(20_000));
  await expect(visitor.frame.getByText("12,000 characters too many")).toBeVisible();
  await visitor.composer.press("Enter");

  await expect(visitor.composer).toHaveValue("x".repeat(20_000));
  await visitor.expectAccessible();
});

test("an unknown inbox is told in words", async ({ scene, page }) => {
  await page.goto(scene.url("/widget/nobody-knows-it"));

  await expect(page.getByRole("heading", { name: "This chat is not available" })).toBeVisible();
});

test("a page of another origin cannot embed the chat", async ({ scene, page }) => {
  const refused: string[] = [];
  page.on("console", (entry) => refused.push(entry.text()));
  const foreign = createServer((_, answer) => {
    answer.setHeader("content-type", "text/html");
    answer.end(`<body><script src="${scene.url("/widget.js")}" data-inbox="${scene.at.inbox}"></script>`);
  });
  await new Promise<void>((done) => foreign.listen(0, "127.0.0.1", done));
  await page.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`);
  await page.locator("chat-widget button").click();

  await expect.poll(() => refused.join("\n")).toContain("frame-ancestors");
  await expect(page.frameLocator("chat-widget iframe").getByRole("textbox")).toHaveCount(0);
  foreign.close();
});

test("what a host page posts to the frame changes nothing unless it is one of our messages", async ({ scene, page }) => {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(scene.url("/?lang=en"));
  const visitor = new Visitor(page);
  await visitor.open();
  await page.evaluate(() => {
    const iframe = document.querySelector("chat-widget")?.shadowRoot?.querySelector("iframe");
    const garbage = [
      null,
      1,
      "open",
      [],
      {},
      { chat: 1 },
      { chat: 1, type: "__proto__" },
      { chat: 1, type: "start" },
      { chat: 1, type: "fields", fields: { a: {} } },
    ];
    for (const one of garbage) iframe?.contentWindow?.postMessage(one, "*");
    for (const one of garbage) window.postMessage(one, "*");
    window.postMessage({ chat: 1, type: "state", unread: 7, keeps: "open" }, "*");
  });
  await visitor.say("Still here");

  await expect(visitor.message("Still here").getByText(/Sent|Delivered/)).toBeVisible();
  await expect(page).toHaveTitle("Aurora Air");
  expect(errors).toEqual([]);
});

test("blocked storage is told and does not keep anybody from writing", async ({ scene, page }) => {
  await page.addInitScript(() => {
    const refuse = {
      get: () => {
        throw new DOMException("blocked", "SecurityError");
      },
    };
    Object.defineProperty(globalThis, "localStorage", refuse);
    Object.defineProperty(globalThis, "indexedDB", refuse);
  });
  await page.goto(scene.url("/?lang=en"));
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.say("Nothing is kept");

  await expect(visitor.message("Nothing is kept").getByText(/Sent|Delivered/)).toBeVisible();
  await expect(visitor.frame.getByText(/keeps no data/)).toBeVisible();
});

test("a page without TLS, where browsers lack half of their interfaces, has a chat that works", async ({ scene, page }) => {
  await page.goto(`http://shop.test:${new URL(scene.url()).port}/?lang=en`);
  expect(await page.evaluate(() => [isSecureContext, typeof crypto.randomUUID])).toEqual([false, "undefined"]);
  const visitor = new Visitor(page);
  await visitor.open();
  await visitor.say("Is anybody on this line?");
  await expect(visitor.message("Is anybody on this line?").getByText(/Sent|Delivered/)).toBeVisible();
});
