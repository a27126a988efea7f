import { defineConfig } from "@playwright/test";
import { launchOptions } from "./tests-browser/chromium.ts";

// Real servers and a real browser.
export default defineConfig({
  testDir: "tests-browser",
  workers: 2,
  fullyParallel: false,
  timeout: 300_000,
  expect: { timeout: 60_000 },
  outputDir: "../../artifacts/browser",
  reporter: process.env.CHAT_BROWSER_REPORT ? [["json", { outputFile: process.env.CHAT_BROWSER_REPORT }], ["line"]] : [["list"]],
  use: {
    screenshot: "only-on-failure",
    launchOptions,
  },
});
