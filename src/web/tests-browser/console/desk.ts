import { type Browser, type Page, test } from "@playwright/test";
import { closePages, openConsole, signIn, startBrowser } from "./browser";
import { Operator } from "./people";
import { type Service, startService } from "./service";

/** The embedded default with its admin, and a browser. */
export interface Desk {
  service: Service;
  browser: Browser;
  admin: Operator;
  inboxId: string;
  /** A console that he, or somebody else, is signed in to; and what goes wrong in it. */
  consoleOf(email?: string, password?: string): Promise<{ page: Page; problems: string[] }>;
}

/** One for all tests of the file that asks. */
export function useDesk(): Desk {
  const desk = {} as Desk;
  test.beforeAll(async () => {
    const service = await startService();
    const browser = await startBrowser();
    const admin = await Operator.signIn(service.url, service.email, service.password);
    const { inboxes } = await admin.rest<{ inboxes: { id: string }[] }>("GET", "/inboxes");
    const consoleOf = async (email = service.email, password = service.password) => {
      const opened = await openConsole(browser);
      await signIn(opened.page, service.url, email, password);
      return opened;
    };
    Object.assign(desk, { service, browser, admin, inboxId: inboxes[0]?.id ?? "", consoleOf });
  });
  test.afterEach(() => closePages(desk.browser));
  test.afterAll(async () => {
    await desk.browser?.close();
    await desk.service?.stop();
  });
  return desk;
}
