// @vitest-environment happy-dom
import type { TimelineItem } from "@gapless-chat/client";
import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, test } from "vitest";
import { describeCode } from "../src/state/actions";
import type { OpenState } from "../src/state/types";
import { MessageActions } from "../src/timeline/message-actions";
import { shownState } from "../src/timeline/send-state";
import { item } from "./rows";

const state = { id: "a", conversation: { status: "open" } } as unknown as OpenState;

async function buttonsOf(part: Partial<TimelineItem>): Promise<string[]> {
  render(null, document.body);
  await act(() => render(<MessageActions item={item(1, { mine: true, ...part })} state={state} />, document.body));
  return [...document.querySelectorAll("button")].map((button) => button.textContent || button.title);
}

test("a refused correction says so and has its ways out", async () => {
  const refused = { pending: "edit", error: "closed" } as const;
  expect(await buttonsOf(refused)).toEqual(["Retry", "Edit", "Discard"]);
  expect(document.querySelector("[role=alert]")?.textContent).toContain("The conversation is closed.");
  expect(shownState(item(1, refused))).toBe("failed");
});

test("a refused deletion has no text to edit", async () => {
  expect(await buttonsOf({ pending: "delete", error: "forbidden" })).toEqual(["Retry", "Discard"]);
});

test("a change that is on its way is not shown as sent", () => {
  expect(shownState(item(1, { pending: "edit" }))).toBe("sending");
  expect(shownState(item(1))).toBe("sent");
});

test("what went wrong is told as far as there are words for it", () => {
  expect(describeCode("network")).toBe("No connection to the server.");
  expect(describeCode("something new")).toBe("Something went wrong. Try again.");
  expect(describeCode(undefined)).toBe("Something went wrong. Try again.");
});
