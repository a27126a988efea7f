import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "vite";

const web = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(createRequire(import.meta.url).resolve("@microsoft/signalr"));
const Socket = require("ws");
// The same package that React Native has its own from.
const { AbortController: AppAbortController } = require("abort-controller");

type Client = typeof import("./react-native-app");

/** The built packages in one script, as Metro makes it of an app that imports them. */
export async function bundleOfApp(): Promise<string> {
  const entry = fileURLToPath(new URL("react-native-app.ts", import.meta.url));
  const built = await build({
    root: web,
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["react-native"], mainFields: ["react-native", "browser", "main"] },
    build: { write: false, minify: false, target: "esnext", lib: { entry, formats: ["iife"], name: "app" } },
  });
  const [output] = [built].flat();
  if (!output || !("output" in output)) throw new Error("Nothing was built.");
  return output.output[0].code;
}

/** One start of an app: a context with the globals of React Native 0.85 (flow/global.js there) and no others. */
export class App {
  readonly client: Client;
  isOnline = true;
  #isAlive = true;
  #sockets = new Set<{ terminate(): void }>();
  #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(bundle: string, { crypto = true } = {}) {
    const context = createContext({});
    Object.assign(context, this.#globals(), crypto ? { crypto: { getRandomValues } } : {});
    runInContext(setUp, context);
    this.client = runInContext(`${bundle}\napp;`, context);
  }

  /** The network goes and comes; no event tells the app. */
  network(isOnline: boolean): void {
    this.isOnline = isOnline;
    if (!isOnline) for (const socket of this.#sockets) socket.terminate();
  }

  /** By the system, at any time: nothing of it runs afterwards. */
  kill(): void {
    this.#isAlive = false;
    this.network(false);
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #globals(): object {
    const app = this;
    class WebSocket extends Socket {
      constructor(...made: unknown[]) {
        super(...(app.isOnline ? made : ["ws://127.0.0.1:9"]));
        app.#sockets.add(this as unknown as { terminate(): void });
        this.on("error", () => undefined);
      }
    }
    const timed =
      (set: typeof setTimeout | typeof setInterval) =>
      (call: () => void, ms?: number): unknown => {
        const timer = set(() => this.#isAlive && call(), ms);
        this.#timers.add(timer);
        return timer;
      };
    return {
      WebSocket,
      fetch: (url: string, init: RequestInit) => this.#fetch(url, init),
      setTimeout: timed(setTimeout),
      setInterval: timed(setInterval),
      clearTimeout,
      clearInterval,
      setImmediate,
      clearImmediate,
      queueMicrotask,
      AbortController: AppAbortController,
      performance: { now: () => performance.now() },
      navigator: { product: "ReactNative" },
      process: { env: { NODE_ENV: "production" } },
      console,
      // They are there as well. None is given, since the client shall need none.
      ...Object.fromEntries(unneeded.map((name) => [name, undefined])),
    };
  }

  async #fetch(url: string, { signal, ...init }: RequestInit = {}): Promise<unknown> {
    if (!this.isOnline) throw new TypeError("Network request failed");
    const stop = new AbortController();
    signal?.addEventListener("abort", () => stop.abort());
    const response = await fetch(url, { ...init, signal: stop.signal });
    if (!this.#isAlive) return new Promise(() => undefined);
    const { ok, status, headers } = response;
    const get = (name: string) => headers.get(name);
    return {
      ok,
      status,
      headers: { get },
      text: () => response.text(),
      json: () => response.json(),
      blob: () => response.blob(),
    };
  }
}

const unneeded = ["XMLHttpRequest", "FormData", "Headers", "Request", "Response", "Blob", "File", "FileReader", "URL", "alert"];

// As react-native-get-random-values makes it.
function getRandomValues(array: Uint8Array): Uint8Array {
  return crypto.getRandomValues(array);
}

// What V8 has and Hermes has not; and what older versions of React Native have of URLSearchParams. Pairs they take for something else, silently.
const setUp = `
globalThis.window = globalThis.self = globalThis.global = globalThis;
for (const name of ["SharedArrayBuffer", "Atomics", "WebAssembly", "FinalizationRegistry"]) delete globalThis[name];
for (const name of ["toSorted", "toSpliced", "toReversed", "with"]) delete Array.prototype[name];
globalThis.URLSearchParams = class {
  pairs = [];
  constructor(values) {
    if (Array.isArray(values)) throw new TypeError("URLSearchParams takes no pairs");
    for (const name of Object.keys(values ?? {})) this.append(name, values[name]);
  }
  append(name, value) { this.pairs.push([name, value]); }
  toString() { return this.pairs.map(([name, value]) => encodeURIComponent(name) + "=" + encodeURIComponent(value)).join("&"); }
};`;
