// Takes pictures of the states and checks each with axe: node tests-browser/widget/gallery.mjs [folder] [state …]
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { createServer } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const port = Number(process.env.GALLERY_PORT ?? 24010);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const arguments_ = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const [folder = "gallery", ...only] = process.argv.slice(2);

const sizes = { desktop: { width: 400, height: 704 }, phone: { width: 390, height: 844 } };
const looks = [
  { name: "light", locale: "en", theme: "light" },
  { name: "dark", locale: "en", theme: "dark" },
  { name: "russian", locale: "ru", theme: "light" },
  { name: "rtl", locale: "en", theme: "light", direction: "rtl", states: ["conversation", "form", "changed", "list", "rating"] },
  { name: "phone", locale: "en", theme: "light", size: "phone", states: ["conversation", "start", "offline"] },
  { name: "orange", locale: "en", theme: "light", color: "#ffb020", states: ["conversation", "start", "changed"] },
];

mkdirSync(folder, { recursive: true });
const server = await createServer({
  root: join(here, "../.."),
  configFile: false,
  logLevel: "error",
  resolve: { conditions: ["source"] },
  server: { port, host: "127.0.0.1", strictPort: true, hmr: false, watch: null },
  cacheDir: join(here, "../../node_modules/.vite-gallery"),
});
await server.listen();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: arguments_ });
let failures = 0;
try {
  for (const look of looks) failures += await takeAll(look);
} finally {
  await browser.close();
  await server.close();
}
process.exitCode = failures ? 1 : 0;

async function takeAll(look) {
  const context = await browser.newContext({
    viewport: sizes[look.size ?? "desktop"],
    deviceScaleFactor: 2,
    reducedMotion: "reduce",
    locale: look.locale,
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => {
    failures++;
    console.error(look.name, error.message);
  });
  await page.goto(`http://127.0.0.1:${port}/tests-browser/widget/gallery/index.html?state=start`);
  const all = await page.evaluate(async () =>
    Object.keys((await import("/tests-browser/widget/gallery/stories.ts")).stories("en")),
  );
  let found = 0;
  for (const state of all) {
    if ((only.length && !only.includes(state)) || (look.states && !look.states.includes(state))) continue;
    found += await take(page, look, state);
  }
  await context.close();
  return found;
}

async function take(page, look, state) {
  const hash = new URLSearchParams({ theme: look.theme, locale: look.locale, ...(look.color && { color: look.color }) });
  await page.goto("about:blank");
  await page.goto(`http://127.0.0.1:${port}/tests-browser/widget/gallery/index.html?state=${state}#${hash}`);
  await page.waitForSelector("html[data-ready]", { state: "attached", timeout: 10_000 });
  if (look.direction) await page.evaluate((direction) => document.documentElement.setAttribute("dir", direction), look.direction);
  if (state === "rating") await page.click("label.star:nth-of-type(4)");
  if (state === "form" || state === "offline") await page.waitForSelector("form.form");
  if (state.startsWith("list")) await page.waitForSelector(".list");
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finish())));
  await page.screenshot({ path: join(folder, `${state}.${look.name}.png`) });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  for (const { id, nodes } of violations)
    console.error(
      `${state}.${look.name}: ${id}: ${nodes.map((node) => `${node.html.slice(0, 150)} ${node.any[0]?.message ?? ""}`).join("\n    ")}`,
    );
  return violations.length;
}
