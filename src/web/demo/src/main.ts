import "./styles.css";
import { type Locale, texts } from "./texts";

const wish = new URLSearchParams(location.search).get("lang") ?? navigator.language;
const locale: Locale = wish.startsWith("ru") ? "ru" : "en";
const t = texts[locale];
const words = t as unknown as Readonly<Record<string, string>>;

document.documentElement.lang = locale;
for (const element of document.querySelectorAll<HTMLElement>("[data-t]"))
  element.textContent = words[element.dataset.t ?? ""] ?? "";
for (const element of document.querySelectorAll<HTMLElement>("[data-label]"))
  element.ariaLabel = words[element.dataset.label ?? ""] ?? "";
for (const input of document.querySelectorAll<HTMLInputElement>("[data-value]"))
  input.value = words[input.dataset.value ?? ""] ?? "";
document.querySelector(`[hreflang=${locale}]`)?.setAttribute("aria-current", "true");

const departure = document.querySelector<HTMLInputElement>("[name=when]");
if (departure) departure.value = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);

fill("fares", t.fares, ([city = "", price = ""], index) => [
  make("span", `picture picture-${index + 1}`, ""),
  make("h3", "", city),
  make("p", "price", price),
  make("p", "small", t.perPerson),
  make("a", "book", t.book, { href: "#help", ariaLabel: `${t.book}: ${city}` }),
]);
fill("extras-list", t.extrasList, ([name = "", text = "", price = ""]) => [
  make("h3", "", name),
  make("p", "small", text),
  make("p", "price", price),
]);

for (const [question = "", answer = ""] of t.questions) {
  const details = make("details", "", "");
  details.append(make("summary", "", question), make("p", "", answer));
  document.getElementById("questions")?.append(details);
}

document.querySelector("form")?.addEventListener("submit", (event) => {
  event.preventDefault();
  document.getElementById("flights")?.scrollIntoView({ behavior: "smooth" });
});

// Works before the widget's script has loaded and after: see the loader.
document.getElementById("chat")?.addEventListener("click", () => {
  const page = window as unknown as { Chat?: { push(call: string[]): void } };
  page.Chat ??= [] as string[][];
  page.Chat.push(["open"]);
});

function fill(
  id: string,
  rows: readonly (readonly string[])[],
  parts: (row: readonly string[], index: number) => HTMLElement[],
): void {
  rows.forEach((row, index) => {
    const item = make("li", "", "");
    item.append(...parts(row, index));
    document.getElementById(id)?.append(item);
  });
}

function make(tag: string, className: string, text: string, more: object = {}): HTMLElement {
  return Object.assign(document.createElement(tag), { className, textContent: text }, more);
}
