/** The server's time as far as it is known. Only for showing and for lifetimes: order comes from `seq` alone. */
export class ServerClock {
  #offset = 0;

  /** `text` is what the server said just now. */
  learn(text: string | null | undefined): void {
    const server = Date.parse(text ?? "");
    if (!Number.isNaN(server)) this.#offset = server - Date.now();
  }

  now(): number {
    return Date.now() + this.#offset;
  }
}
