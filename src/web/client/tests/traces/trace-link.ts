import type { MethodName } from "@gapless-chat/protocol";
import { ChatError, network } from "../../src/errors";
import type { Link, OnPush, Request, Result } from "../../src/link";
import type { Json } from "./trace-file";

interface Call {
  method: string;
  resolve(result: Json): void;
  reject(error: ChatError): void;
}

const receipts = ["Read", "Delivered", "Typing"];

/** A connection whose other end is a trace. */
export class TraceLink implements Link {
  readonly transport = "socket";
  readonly ended: Promise<string | undefined>;
  readonly onPush: OnPush;
  readonly #record: (effect: Json) => void;
  readonly #unanswered: readonly string[];
  #calls: Call[] = [];
  #end: (reason: string | undefined) => void = () => undefined;
  #isOpen = true;

  constructor(onPush: OnPush, unanswered: readonly string[], record: (effect: Json) => void) {
    this.onPush = onPush;
    this.#unanswered = unanswered;
    this.#record = record;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  invoke<M extends MethodName>(method: M, request: Request<M>): Promise<Result<M>> {
    this.#record({ call: method, ...request });
    if (receipts.includes(method) && !this.#unanswered.includes(method)) return Promise.resolve(undefined as Result<M>);
    return new Promise((resolve, reject) => this.#calls.push({ method, resolve, reject }));
  }

  answer(method: string, result: Json): void {
    this.#take(method).resolve(result);
  }

  refuse(method: string, code: string): void {
    this.#take(method).reject(new ChatError(code));
  }

  close(): void {
    if (this.#isOpen) this.#record({ close: true });
    this.end();
  }

  /** The other side ends it. */
  end(reason?: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const call of this.#calls.splice(0)) call.reject(new ChatError(network));
    this.#end(reason);
  }

  #take(method: string): Call {
    const index = this.#calls.findIndex((call) => call.method === method);
    const [call] = index < 0 ? [] : this.#calls.splice(index, 1);
    if (!call) throw new Error(`Nobody waits for an answer of ${method}.`);
    return call;
  }
}
