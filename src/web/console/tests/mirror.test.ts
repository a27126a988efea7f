// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { mirror } from "../src/state/mirror";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function source(value: number) {
  const listeners = new Set<(value: number) => void>();
  return {
    get value() {
      return value;
    },
    set(next: number) {
      value = next;
      for (const listener of listeners) listener(next);
    },
    subscribe(listener: (value: number) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

test("a page that is hidden before its next frame is told all the same", () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.stubGlobal("requestAnimationFrame", () => 1);
  const store = source(1);
  const seen = mirror(store);
  store.set(2);
  vi.runAllTimers();
  expect(seen.value).toBe(2);
  store.set(3);
  vi.runAllTimers();
  expect(seen.value).toBe(3);
});

test("all that changes before a frame is one change", () => {
  const frames: FrameRequestCallback[] = [];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => frames.push(callback));
  const store = source(1);
  const seen = mirror(store);
  const values: number[] = [];
  seen.subscribe((value) => values.push(value));
  for (const value of [2, 3, 4]) store.set(value);
  for (const frame of frames) frame(0);
  vi.runAllTimers();
  expect(values).toEqual([1, 4]);
});
