import { defineConfig } from "@playwright/test";

// Real servers and Debian's Chromium. Nothing may reach beyond this machine.
export default defineConfig({
  testDir: "tests-browser",
  workers: 2,
  fullyParallel: false,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  outputDir: "../../artifacts/browser",
  reporter: process.env.CHAT_BROWSER_REPORT ? [["json", { outputFile: process.env.CHAT_BROWSER_REPORT }], ["line"]] : [["list"]],
  use: {
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHAT_CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        // Localhost is secure without TLS; this name is not.
        "--host-resolver-rules=MAP shop.test 127.0.0.1",
      ],
    },
  },
});
