import type { Page } from "@playwright/test";

/** The frequencies of all tones that the page and its frames sound, from the next address that it opens. */
export async function tonesOf(page: Page): Promise<number[]> {
  const tones: number[] = [];
  await page.exposeFunction("soundsTone", (frequency: number) => tones.push(frequency));
  await page.addInitScript(() => {
    const { start } = AudioScheduledSourceNode.prototype;
    AudioScheduledSourceNode.prototype.start = function (when) {
      const { soundsTone } = globalThis as unknown as { soundsTone(frequency: number): void };
      soundsTone((this as OscillatorNode).frequency.value);
      start.call(this, when);
    };
  });
  return tones;
}
