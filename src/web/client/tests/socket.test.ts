import { expect, test } from "vitest";
import { refusalOf } from "../src/socket";

test("a refusal is told by its code, alone or at the end of SignalR's sentence", () => {
  expect(refusalOf(new Error("rate_limited"))).toBe("rate_limited");
  expect(refusalOf(new Error("cursors[3].seq out_of_range: invalid"))).toBe("invalid");
  expect(
    refusalOf(new Error("An unexpected error occurred invoking 'Send' on the server. HubException: body too_long: too_large")),
  ).toBe("too_large");
  expect(refusalOf(new Error("An unexpected error occurred invoking 'Send' on the server. HubException: closed"))).toBe("closed");
});

test("whatever else ends a call leaves open whether it was done", () => {
  expect(refusalOf(new Error("Invocation canceled due to the underlying connection being closed."))).toBeUndefined();
  expect(refusalOf(new Error("Server returned an error on close: Connection closed with an error. draining"))).toBeUndefined();
  // As SignalR rejects what is sent on a socket that is closing.
  expect(refusalOf("WebSocket is not in the OPEN state")).toBeUndefined();
  expect(refusalOf(undefined)).toBeUndefined();
});
