import type { Availability, OwnAvailability } from "@gapless-chat/protocol";
import { signal } from "@preact/signals";
import { attempt } from "./actions";
import { chat } from "./chat";

/** Whether this operator takes conversations, and how many at once. */
export const availability = signal<OwnAvailability>({ availability: "online", capacity: 5 });

export async function loadAvailability(): Promise<void> {
  await attempt(async () => {
    availability.value = await chat.availability();
  });
}

export async function setAvailability(state: Availability, capacity = availability.value.capacity): Promise<void> {
  const before = availability.value;
  availability.value = { availability: state, capacity };
  const isDone = await attempt(() => chat.setAvailability(state, capacity));
  if (!isDone) availability.value = before;
}
