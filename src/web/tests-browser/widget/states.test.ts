import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { createServer, type ViteDevServer } from "vite";
import { violations } from "../axe";

interface Look {
  locale: "en" | "ru";
  theme: "light" | "dark";
  direction?: "rtl";
  color?: string;
  size?: { width: number; height: number };
  /** Absent: every one. */
  states?: string[];
}

const looks: Record<string, Look> = {
  light: { locale: "en", theme: "light" },
  dark: { locale: "en", theme: "dark" },
  russian: { locale: "ru", theme: "light" },
  rtl: { locale: "en", theme: "light", direction: "rtl", states: ["conversation", "form", "changed", "list", "rating"] },
  phone: { locale: "en", theme: "light", size: { width: 390, height: 844 }, states: ["conversation", "start", "offline"] },
  orange: { locale: "en", theme: "light", color: "#ffb020", states: ["conversation", "start", "changed"] },
};

// For whoever looks at a run.
const pictures = join(import.meta.dirname, "../../../../artifacts/widget");

let server: ViteDevServer;

test.beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  server = await createServer({
    root: join(import.meta.dirname, "../.."),
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["source"] },
    server: { port: 0, host: "127.0.0.1", hmr: false, watch: null },
    cacheDir: join(import.meta.dirname, "../../node_modules/.vite-gallery"),
  });
  await server.listen();
});

test.afterAll(async () => {
  await server?.close();
});

for (const [name, look] of Object.entries(looks)) {
  test(`axe finds nothing in any state that looks ${name}`, async ({ browser }) => {
    const context = await browser.newContext({
      viewport: look.size ?? { width: 400, height: 704 },
      deviceScaleFactor: 2,
      reducedMotion: "reduce",
      locale: look.locale,
    });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    const found: string[] = [];
    for (const state of look.states ?? (await statesOf(page))) {
      await show(page, state, look);
      await page.screenshot({ path: join(pictures, `${state}.${name}.png`) });
      for (const violation of await violations(page)) found.push(`${state}: ${violation}`);
    }
    await context.close();

    expect(found).toEqual([]);
    expect(errors).toEqual([]);
  });
}

function address(state: string): string {
  return `${server.resolvedUrls?.local[0]}tests-browser/widget/gallery/index.html?state=${state}`;
}

async function statesOf(page: Page): Promise<string[]> {
  await page.goto(address("start"));
  await page.waitForSelector("html[data-ready]", { state: "attached" });
  return (await page.getAttribute("html", "data-states"))?.split(" ") ?? [];
}

async function show(page: Page, state: string, look: Look): Promise<void> {
  const hash = new URLSearchParams({ theme: look.theme, locale: look.locale, ...(look.color && { color: look.color }) });
  // Only another page is loaded anew; another fragment alone is not.
  await page.goto("about:blank");
  await page.goto(`${address(state)}#${hash}`);
  await page.waitForSelector("html[data-ready]", { state: "attached" });
  if (look.direction) await page.evaluate((direction) => document.documentElement.setAttribute("dir", direction), look.direction);
  if (state === "rating") await page.click("label.star:nth-of-type(4)");
  if (state === "form" || state === "offline") await page.waitForSelector("form.form");
  if (state.startsWith("list")) await page.waitForSelector(".list");
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finish())));
}
