import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EmptyProject, PackedPackages, published } from "./packages";

const web = new URL("../../", import.meta.url);
const installMs = 180_000;
let packed: PackedPackages;

beforeAll(async () => {
  packed = await PackedPackages.make();
}, installMs);

afterAll(() => packed?.remove());

// What the examples are about besides, and these projects do not have.
const others = `
declare module "react-native" {
  export const AppState: { addEventListener(type: "change", listener: (state: string) => void): void };
  export const Linking: { addEventListener(type: "url", listener: (event: { url: string }) => void): void };
}
declare module "react-native-get-random-values";
declare module "@react-native-async-storage/async-storage" {
  const store: {
    getItem(key: string): Promise<string | null>;
    setItem(key: string, value: string): Promise<void>;
    removeItem(key: string): Promise<void>;
  };
  export default store;
}
declare module "@react-native-firebase/messaging" {
  interface Message {
    data?: Record<string, string | object>;
  }
  export default function messaging(): {
    getToken(): Promise<string>;
    onTokenRefresh(listener: (token: string) => void): () => void;
    setBackgroundMessageHandler(handler: (message: Message) => Promise<void>): void;
  };
}
declare module "@notifee/react-native" {
  const notifee: {
    displayNotification(notification: { id: string; title?: string; body: string; data: Record<string, string> }): Promise<string>;
    cancelNotification(id: string): Promise<void>;
    setBadgeCount(count: number): Promise<void>;
  };
  export default notifee;
}
declare const process: { env: Record<string, string | undefined>; once(event: string, listener: () => void): void };
`;

/** The examples of a README, each by its place. */
async function examplesOf(readme: string): Promise<[name: string, text: string][]> {
  const text = await readFile(new URL(readme, web), "utf8");
  return [...text.matchAll(/```(tsx?)\n(.*?)```/gs)].map(([, kind, code = ""], index) => [
    `${readme.split("/")[0]}-${index}.${kind}`,
    code,
  ]);
}

const page = `
import { createVisitorChat } from "@gapless-chat/client";
import { openKeyValueStorage } from "@gapless-chat/client/key-value";
import { openFileStorage } from "@gapless-chat/client/node";
import { conversationLink, parsePush } from "@gapless-chat/client/push";
import { limits } from "@gapless-chat/protocol";
import { ChatProvider, useComposer, useConnection, useConversations, useUnread } from "@gapless-chat/react";
import { createElement } from "react";
import { renderToString } from "react-dom/server";

const chat = createVisitorChat({ url: "http://127.0.0.1:9", inbox: "demo", storage: await openFileStorage("kept") });
function Page() {
  const { canSend } = useComposer(undefined);
  return [useConnection().status, useConversations().length, useUnread(), canSend].join(" ");
}
console.log(renderToString(createElement(ChatProvider, { chat }, createElement(Page))));
console.log(parsePush({ conversationId: "c", seq: 1 }).seq, conversationLink("c"), limits.BodyLength, typeof openKeyValueStorage);
process.exit();
`;

describe.each([
  ["18", ["react@18.3.1", "react-dom@18.3.1", "@types/react@18"], "node16"],
  ["19", ["react@19.3.1", "react-dom@19.3.1", "@types/react@19.3.0"], "bundler"],
] as const)("installed into an empty project with React %s", (_, react, resolution) => {
  let project: EmptyProject;

  beforeAll(async () => {
    project = await EmptyProject.make(packed, ...react);
  }, installMs);

  afterAll(() => project?.remove());

  test("the packages are imported by Node and do what they are for", { timeout: 60_000 }, async () => {
    await project.write("page.mjs", page);

    expect(await project.node("page.mjs")).toBe("idle 0 0 false\n1 chat://conversation/c 8000 function\n");
    for (const name of published) {
      const { name: full, dependencies = {} } = await project.manifestOf(`@gapless-chat/${name}`);
      expect(full).toBe(`@gapless-chat/${name}`);
      expect(Object.values(dependencies).filter((version) => /^(file|workspace|\*)/.test(version))).toEqual([]);
    }
  });

  test(`their types and the examples of their READMEs are right for ${resolution}`, { timeout: 120_000 }, async () => {
    const examples = [...(await examplesOf("client/README.md")), ...(await examplesOf("react/README.md"))];
    expect(examples.length).toBeGreaterThan(5);
    for (const [name, text] of examples) await project.write(name, `${text}\nexport {};\n`);
    await project.write("others.d.ts", others);
    const files = [...examples.map(([name]) => name), "others.d.ts"];
    await project.write(
      "wrong.ts",
      'import { createVisitorChat } from "@gapless-chat/client";\ncreateVisitorChat({ url: 1 });\n',
    );

    expect(await project.check(resolution, files)).toBe("");
    expect(await project.check(resolution, ["wrong.ts"])).toMatch(/wrong\.ts\(2,\d+\): error TS/);
  });
});
