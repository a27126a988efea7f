import { expect, test } from "./scene.ts";

test.use({ kind: "cluster" });

test("the scene answers, survives a killed node and tells what is stored", async ({ scene, page }) => {
  const olga = await scene.operator("Olga");
  await scene.order("kill", { node: 0 });
  await scene.order("route", { door: 0, node: 1 });

  const answer = await page.request.get(scene.url("/api/v1/me"));

  expect(olga.email).toContain("olga");
  expect(answer.status()).toBe(401);
  expect(await scene.log("00000000-0000-7000-8000-000000000000")).toEqual([]);
});
