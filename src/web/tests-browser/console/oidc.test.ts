import type { Page } from "@playwright/test";
import { violations } from "../axe";
import { expect, type Scene, test } from "../scene";

// The embedded default with an identity provider beside it: authorization code with PKCE, as the console does it.
test.use({ kind: "oidc" });

const refused = "There is no account here for the one you signed in with. Ask your administrator.";

test("an operator signs in at the provider, stays signed in, and signs out", async ({ scene, page }) => {
  await signInAs(page, scene, "admin@localhost");
  await page.locator("nav.sidebar").waitFor();
  expect(new URL(page.url()).search).toBe("");
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);

  await page.reload();
  await page.locator("nav.sidebar").waitFor();
  await page.locator(".me").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Continue with the company" }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Continue with the company" }).waitFor();
  expect(await violations(page)).toEqual([]);
});

for (const token of ["OtherAudience", "Expired", "Unverified"]) {
  test(`a token that is ${token} opens nothing, and a sentence says so`, async ({ scene, page }) => {
    // Another account than the one whose subject is known by now: an address that is not verified must not find it either.
    await signInAs(page, scene, token === "Unverified" ? "Admin@localhost" : "admin@localhost", token);
    await expect(page.getByText(refused)).toBeVisible();
    await expect(page.locator("input[type=password]")).toBeVisible();
  });
}

test("whoever has no account here stays outside, and so does whoever turns back", async ({ scene, page }) => {
  await signInAs(page, scene, "nobody@shop.example");
  await expect(page.getByText(refused)).toBeVisible();

  await page.getByRole("button", { name: "Continue with the company" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("The sign-in was not completed. Try again.")).toBeVisible();
  await expect(page.locator("input[type=password]")).toBeVisible();
});

test("an answer that nobody asked for is not taken", async ({ scene, page }) => {
  await page.goto(scene.url("/console?code=stolen&state=foreign"));

  await expect(page.locator("input[type=password]")).toBeVisible();
  await expect(page.locator("nav.sidebar")).toBeHidden();
});

test("a provider that does not answer is told, and a password still works", async ({ scene, page }) => {
  await page.goto(scene.url("/console"));
  await scene.order("providerGone");
  await page.getByRole("button", { name: "Continue with the company" }).click();
  await expect(page.getByText("the company does not answer. Try again later.")).toBeVisible();

  await page.locator("input[type=email]").fill(scene.at.admin?.email ?? "");
  await page.locator("input[type=password]").fill(scene.at.admin?.password ?? "");
  await page.locator("button[type=submit]").click();
  await page.locator("nav.sidebar, input[autocomplete=new-password]").first().waitFor();
});

async function signInAs(page: Page, scene: Scene, email: string, token = "Good"): Promise<void> {
  await page.goto(scene.url("/console"));
  await page.getByRole("button", { name: "Continue with the company" }).click();
  // The console's own form asks for an e-mail too: this one comes with the provider's page.
  await page.getByLabel("Token").selectOption(token);
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("button", { name: "Continue" }).click();
}
