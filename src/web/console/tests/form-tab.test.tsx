// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, test } from "vitest";
import { FormTab } from "../src/admin/inbox/form-tab";
import type { FormField, InboxPatch, InboxSettings } from "../src/state/types";

const choice = (name: string, ...values: string[]): FormField => ({
  name,
  type: "select",
  label: { en: name },
  required: true,
  options: values.map((value) => ({ value, label: { en: value } })),
});

async function open(...fields: FormField[]) {
  const patches: InboxPatch[] = [];
  const inbox = { form: { fields } } as unknown as InboxSettings;
  const patch = async (change: InboxPatch) => patches.push(change) > 0;
  render(null, document.body);
  await act(() => render(<FormTab inbox={inbox} patch={patch} reload={async () => undefined} />, document.body));
  const areas = () => [...document.querySelectorAll("textarea")];
  return { patches, areas, press: (name: string) => act(() => document.querySelector<HTMLElement>(name)?.click()) };
}

async function type(area: HTMLTextAreaElement | undefined, text: string): Promise<void> {
  if (!area) throw new Error("There is no such field.");
  for (const key of text) {
    await act(() => {
      area.value += key;
      area.dispatchEvent(new InputEvent("input", { bubbles: true }));
    });
  }
}

test("options are typed key by key, and saved without the blanks around their bars", async () => {
  const { patches, areas, press } = await open(choice("about"));
  await type(areas()[0], "bag | Baggage\nseat | Seat | Место\n");
  expect(areas()[0]?.value).toBe("bag | Baggage\nseat | Seat | Место\n");

  await press("button[type=submit]");
  expect(patches[0]?.form?.fields[0]?.options).toEqual([
    { value: "bag", label: { en: "Baggage" } },
    { value: "seat", label: { en: "Seat", ru: "Место" } },
  ]);
});

test("options go with their field when it is moved, and are the saved ones again when changes are given up", async () => {
  const { areas, press } = await open(choice("about", "bag"), choice("class", "economy"));
  await type(areas()[0], "\nseat");
  await press("[title='Move down']");
  expect(areas().map((area) => area.value)).toEqual(["economy", "bag\nseat"]);

  await press(".save-bar button");
  expect(areas().map((area) => area.value)).toEqual(["bag", "economy"]);
});
