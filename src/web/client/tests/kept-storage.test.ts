import { expect, test } from "vitest";
import { openKeyValueStorage } from "../src/key-value";
import { AppStore } from "./app-store";
import { item } from "./storage-kinds";

test("what cannot be kept is told, sent all the same, and kept when there is room", async () => {
  const store = new AppStore();
  const storage = await openKeyValueStorage(store);
  await storage.add(item("one"));
  await storage.flush();
  store.isFull = true;
  const two = await storage.add(item("two"));
  await expect(storage.flush()).rejects.toThrow("SQLITE_FULL");
  expect([await storage.has(two), (await storage.items()).length]).toEqual([true, 2]);
  store.isFull = false;
  await storage.add(item("three"));
  await storage.flush();

  const next = await openKeyValueStorage(store);
  expect((await next.items()).map(({ clientId }) => clientId)).toEqual(["one", "two", "three"]);
});

test("an app that ends between two writes loses nothing and leaves nothing that a wipe does not find", async () => {
  const wanted = new AppStore();
  const storage = await openKeyValueStorage(wanted);
  await storage.write("session", { deviceId: "d" });
  await Promise.all([storage.add(item("one")), storage.add(item("two"))]);

  for (let writes = 0; writes <= 8; writes++) {
    const store = new AppStore();
    for (const [key, value] of wanted.values) store.values.set(key, value);
    const dying = await openKeyValueStorage(dyingAfter(store, writes));
    void dying.remove(1);
    void dying.add(item("three"));
    void dying.add(item("four"));
    await new Promise((resolve) => setTimeout(resolve, 30));

    const next = await openKeyValueStorage(store);
    const found = (await next.items()).map(({ clientId }) => clientId);
    expect(found).toEqual(["one", "two", "three", "four"].filter((name) => found.includes(name)));
    expect(found).toContain("two");
    await next.clear();
    expect([...store.values]).toEqual([]);
  }
});

/** Does so many writes and then nothing more, without an answer: the app is gone. */
function dyingAfter(store: AppStore, writes: number): AppStore {
  let left = writes;
  const gone = new Promise<never>(() => undefined);
  const dying = new AppStore();
  dying.getItem = (key) => store.getItem(key);
  dying.setItem = (key, value) => (left-- > 0 ? store.setItem(key, value) : gone);
  dying.removeItem = (key) => (left-- > 0 ? store.removeItem(key) : gone);
  return dying;
}

test("two chats in one store do not meet", async () => {
  const store = new AppStore();
  const [shop, support] = await Promise.all([openKeyValueStorage(store, "shop"), openKeyValueStorage(store, "support")]);
  await Promise.all([shop.add(item("one")), support.add(item("two"))]);
  await shop.clear();

  expect((await (await openKeyValueStorage(store, "support")).items()).map(({ clientId }) => clientId)).toEqual(["two"]);
});
