import { defineConfig } from "@playwright/test";
import { launchOptions } from "./tests-browser/chromium.ts";

// Real servers and a real browser.
export default defineConfig({
  testDir: "tests-browser",
  workers: 2,
  fullyParallel: false,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  outputDir: "../../artifacts/browser",
  reporter: process.env.CHAT_BROWSER_REPORT ? [["json", { outputFile: process.env.CHAT_BROWSER_REPORT }], ["line"]] : [["list"]],
  use: {
    // Pictures of every change of every page cost more than the tests.
    trace: { mode: "retain-on-failure", screenshots: false },
    screenshot: "only-on-failure",
    launchOptions,
  },
});
