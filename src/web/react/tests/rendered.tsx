import type { VisitorChat } from "@gapless-chat/client";
import type { ReactElement } from "react";
import { createRoot } from "react-dom/client";
import { vi } from "vitest";
import { MemoryStorage } from "../../client/src/storage";
import { SimulatedChat } from "../../client/tests/simulated-chat";
import { chance, SimulatedServer } from "../../client/tests/simulated-server";
import { ChatProvider } from "../src/index";

/** A visitor of a simulated server, who is online. */
export async function visit(): Promise<{ chat: VisitorChat; server: SimulatedServer; end(): void }> {
  const server = new SimulatedServer(chance(1));
  const chat = new SimulatedChat(server, new MemoryStorage());
  await chat.start();
  return { chat: chat as unknown as VisitorChat, server, end: () => chat.vanish() };
}

/** What a hook gives within a component of the chat, and what it gave at each of its renderings. */
export class Rendered<T> {
  readonly all: T[] = [];
  readonly #root = createRoot(document.createElement("div"));
  readonly #chat: VisitorChat;
  readonly #Component: () => ReactElement | null;

  constructor(chat: VisitorChat, useIt: () => T) {
    this.#chat = chat;
    this.#Component = () => {
      this.all.push(useIt());
      return null;
    };
    this.again();
  }

  /** Renders it once more, as when something around it has changed. */
  again(): void {
    const Component = this.#Component;
    this.#root.render(
      <ChatProvider chat={this.#chat}>
        <Component />
      </ChatProvider>,
    );
  }

  get now(): T {
    return this.all.at(-1) as T;
  }

  until(fits: (value: T) => boolean): Promise<T> {
    return vi.waitFor(
      () => {
        if (this.all.length === 0 || !fits(this.now)) throw new Error(`It is ${JSON.stringify(this.now)}`);
        return this.now;
      },
      { timeout: 15_000, interval: 5 },
    );
  }

  end(): void {
    this.#root.unmount();
  }
}
