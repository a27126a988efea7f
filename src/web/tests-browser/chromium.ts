import { existsSync } from "node:fs";
import type { LaunchOptions } from "@playwright/test";

// Debian's. The one without windows comes first: the other draws its own with a page each, which costs more than ours.
const installed = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

/** How tests start Chromium. Nothing may reach beyond this machine. */
export const launchOptions: LaunchOptions = {
  executablePath: process.env.CHAT_CHROMIUM ?? installed.find((path) => existsSync(path)) ?? "chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    // Localhost is secure without TLS; this name is not.
    "--host-resolver-rules=MAP shop.test 127.0.0.1",
  ],
};
