import { type Browser, type BrowserContextOptions, chromium, type Page } from "@playwright/test";
import { launchOptions } from "../chromium";

export const generousMs = 60_000;

export function startBrowser(): Promise<Browser> {
  return chromium.launch(launchOptions);
}

/** What a test leaves open goes on working, and slows the next ones. */
export async function closePages(browser: Browser): Promise<void> {
  await Promise.all(browser.contexts().map((context) => context.close()));
}

export interface Wishes {
  locale?: "en" | "ru";
  theme?: "light" | "dark";
  size?: { width: number; height: number };
}

/** A page of a browser of its own, and what went wrong in it: errors of scripts and refusals of the policy. */
export async function openConsole(browser: Browser, wishes: Wishes = {}): Promise<{ page: Page; problems: string[] }> {
  const options: BrowserContextOptions = {
    locale: wishes.locale === "ru" ? "ru-RU" : "en-GB",
    colorScheme: wishes.theme ?? "light",
    viewport: wishes.size ?? { width: 1440, height: 900 },
    timezoneId: "Europe/Moscow",
  };
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(generousMs);
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error.stack ?? error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/Failed to load resource|WebSocket|ERR_CONNECTION/.test(message.text()))
      problems.push(message.text());
  });
  return { page, problems };
}

export async function signIn(page: Page, url: string, email: string, password: string): Promise<void> {
  await page.goto(`${url}/console`);
  await page.locator("input[type=email]").fill(email);
  await page.locator("input[type=password]").fill(password);
  await page.locator("button[type=submit]").click();
  await page.locator("nav.sidebar").waitFor();
}
