import { AxeBuilder } from "@axe-core/playwright";
import { expect, type FrameLocator, type Locator, type Page } from "@playwright/test";

/** What a visitor sees and does on a page with the widget. */
export class Visitor {
  readonly frame: FrameLocator;
  readonly launcher: Locator;

  constructor(readonly page: Page) {
    this.frame = page.frameLocator("chat-widget iframe");
    this.launcher = page.locator("chat-widget button");
  }

  get composer(): Locator {
    return this.frame.getByRole("textbox", { name: /^(Message|Сообщение)$/ });
  }

  /** By the keyboard; from now on he does not look. */
  async hide(): Promise<void> {
    await this.composer.press("Escape");
    await expect(this.launcher).toHaveAttribute("aria-expanded", "false");
  }

  async open(): Promise<void> {
    await this.launcher.click();
    await expect(this.composer).toBeVisible();
  }

  /** On a page that may have opened it by itself. */
  async reopen(): Promise<void> {
    await expect(this.launcher).toBeVisible();
    if ((await this.launcher.getAttribute("aria-expanded")) !== "true") await this.launcher.click();
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  message(text: string): Locator {
    return this.frame.locator(".message").filter({ hasText: text });
  }

  /** Hovers over a message and presses one of its tools. */
  async use(tool: string, text: string): Promise<void> {
    await this.message(text).hover();
    await this.message(text).getByRole("button", { name: tool }).click();
  }

  async expectAccessible(): Promise<void> {
    const { violations } = await new AxeBuilder({ page: this.page }).include("chat-widget").analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
  }
}
