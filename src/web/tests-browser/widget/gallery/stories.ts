import type { ConversationState } from "@gapless-chat/client";
import type { WidgetSettings } from "@gapless-chat/protocol";
import { Script } from "./build";
import type { Story } from "./chat";
import { lines } from "./lines";

const settings: WidgetSettings = {
  key: "demo",
  name: "Aurora Air",
  appearance: {
    color: "#1f4fd8",
    position: "right",
    theme: "auto",
    title: { en: "Aurora Air", ru: "Аврора Эйр" },
    greeting: { en: "Hi there 👋\nHow can we help?", ru: "Здравствуйте 👋\nЧем помочь?" },
  },
  online: true,
  queuePosition: true,
};

const form: NonNullable<WidgetSettings["form"]> = {
  fields: [
    { name: "name", type: "text", label: { en: "Your name", ru: "Ваше имя" }, required: true },
    { name: "email", type: "email", label: { en: "E-mail", ru: "Электронная почта" }, required: false },
    {
      name: "about",
      type: "select",
      label: { en: "What is it about?", ru: "О чём вопрос?" },
      required: true,
      options: [
        { value: "booking", label: { en: "A booking", ru: "Бронирование" } },
        { value: "baggage", label: { en: "Baggage", ru: "Багаж" } },
      ],
    },
  ],
};

const tomorrow = () => new Date(new Date().setHours(24 + 9, 0, 0, 0)).toISOString();

/** The main states, each with its words in both languages. */
export function stories(locale: "en" | "ru"): Readonly<Record<string, Story>> {
  const say = lines[locale];
  const one = (conversation: ConversationState, more: Partial<Story> = {}): Story => ({
    settings,
    conversations: [conversation],
    view: { name: "conversation", id: "one" },
    ...more,
  });
  const chat = () => say.dialogue(new Script("one", say.operator).event("status", { status: "queued" }));
  return {
    start: { settings, conversations: [] },
    form: { settings: { ...settings, form }, conversations: [] },
    offline: {
      settings: { ...settings, form, online: false, hours: { open: false, opensAt: tomorrow() } },
      conversations: [],
    },
    queue: one(
      new Script("one", say.operator).visitor(say.question, { state: "delivered" }).end({ status: "queued", queuePosition: 4 }),
    ),
    conversation: one(chat().end()),
    typing: one(chat().end({ typing: [{ actor: { kind: "operator", name: say.operator } }] })),
    sending: one(chat().visitor(say.thanks, { state: "sending" }).end()),
    failed: one(chat().visitor(say.thanks, { state: "failed", error: "network" }).end(), {
      connection: { status: "offline", transport: "socket", reason: "network" },
    }),
    changed: one(
      chat()
        .answer(say.question, { deleted: true })
        .visitor(say.edited, { edited: true })
        .answer(say.reply, { replyTo: 2 })
        .visitor(say.thanks, { pending: "edit" })
        .end(),
    ),
    rating: one(chat().event("status", { status: "closed", previousStatus: "open" }).end({ status: "closed" })),
    rated: one(chat().event("status", { status: "closed" }).event("rated", { score: 5 }).end({ status: "closed" })),
    closedForGood: one(
      chat()
        .event("status", { status: "closed" })
        .event("rated", { score: 4 })
        .visitor(say.question, { state: "failed", error: "closed" })
        .end({ status: "closed" }),
    ),
    long: one(new Script("one", say.longName).joined().visitor(say.long).answer(say.long).end()),
    emoji: one(new Script("one", say.operator).joined().visitor("👍").answer("🎉🎉🎉").visitor("Ура! 👨‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️‍🔥 ✈️").end()),
    hostile: one(say.hostile(new Script("one", say.hostileName)).end()),
    list: { settings, conversations: [chat().end({ unread: 3 }), ...say.past()], view: { name: "list" } },
    listMany: {
      settings,
      conversations: Array.from({ length: 30 }, (_, at) =>
        new Script(`c${at}`, say.operator, undefined, at * 3).visitor(say.question).end({ status: "closed" }),
      ),
      view: { name: "list" },
    },
    history: one(manyLines(say.operator, say.question).end({ hasOlder: true })),
    unknownInbox: { settings: "not_found", conversations: [] },
    loadFailed: { settings: "network", conversations: [] },
    blocked: one(chat().end(), { connection: { status: "stopped", transport: "socket", reason: "blocked" } }),
    replaced: one(chat().end(), { connection: { status: "stopped", transport: "socket", reason: "replaced" } }),
  };
}

function manyLines(operator: string, text: string): Script {
  const script = new Script("one", operator).joined();
  for (let at = 1; at <= 60; at++) at % 3 ? script.visitor(`${at}. ${text}`) : script.answer(`${at}. ${text}`).pause(7);
  return script;
}
