import { createHmac } from "node:crypto";
import { Operator, Visitor } from "./people";
import type { Service } from "./service";

export interface World {
  admin: Operator;
  inboxId: string;
  secondInboxId: string;
  anna: { operator: Operator; email: string; password: string };
  pavel: { operator: Operator; email: string; password: string };
  /** By the topic they were opened with. */
  conversations: Map<string, { id: string; visitor: Visitor }>;
}

const kid = "site";
const secret = "bm90IGEgc2VjcmV0IG9mIGFueWJvZHkgYW5kIDMyIGJ5dGVz";

const names = [
  "Maria Oliveira",
  "Иван Петров",
  "Chidi Okafor",
  "Анна-Мария Константинопольская-Рождественская",
  "Li Wei",
  "Fatima Al-Sayed",
  "Олег",
  "Sofia Rossi",
  "John Smith",
  "Екатерина Воронцова",
  "Ahmed Hassan",
  "Noor Jansen",
  "Дмитрий Соколов",
  "Yuki Tanaka",
  "Lars Øberg",
  "Светлана Ким",
  "Priya Raghunathan",
  "Zoë Müller",
  "Артём",
  "Grace Mwangi",
];
const topics = [
  "Lost bag in Vienna",
  "Возврат билета",
  "Seat next to my son",
  "Справка о перелёте",
  "Refund after cancellation",
  "Upgrade with miles",
  "Перенос рейса",
  "Visa for Georgia",
  "Wheelchair at the airport",
  "Детское питание на борту",
  "Pet in the cabin",
  "Meal for diabetics",
  "Ошибка в фамилии",
  "Late for check-in",
  "Invoice for the company",
  "Багаж сверх нормы",
  "Booking is not paid",
  "Boarding pass is empty",
  "Чек не пришёл",
  "Group of twelve",
];
const questions = [
  "Hello! My suitcase did not arrive with OS 602, what shall I do now?",
  "Здравствуйте! Как вернуть билет, если рейс перенесли на сутки?",
  "Can you put us next to each other? He is six and flies for the first time 🙏",
  "Нужна справка для бухгалтерии, рейс был 3 ноября.",
  "It has been 14 days and no money yet.",
  "How many miles for business?",
  "Можно перенести на утро?",
  "Do I need one for a transit of five hours?",
  "My mother cannot walk stairs.",
  "Ребёнку 8 месяцев, что можно взять с собой?",
];

export function identityToken(sub: string, name: string, inbox = "demo"): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const signed = `${part({ alg: "HS256", typ: "JWT", kid })}.${part({ aud: inbox, sub, name, iat: now, exp: now + 300 })}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** A day at the desk of an airline's shop: two inboxes, two colleagues, thirty conversations. */
export async function makeWorld({ url, email, password }: Service): Promise<World> {
  const admin = await Operator.signIn(url, email, password);
  await admin.rest("PUT", "/me/availability", { availability: "online", capacity: 6 });
  const { inboxes } = await admin.rest<{ inboxes: { id: string }[] }>("GET", "/admin/inboxes");
  const inboxId = inboxes[0]?.id ?? "";
  await admin.rest("PATCH", `/admin/inboxes/${inboxId}`, {
    name: "Skyward Air",
    origins: ["https://shop.example", "https://www.skyward.example"],
    appearance: {
      color: "#0b6bcb",
      position: "right",
      theme: "auto",
      title: { en: "Skyward Air", ru: "Скайворд" },
      launcher: { en: "Ask us", ru: "Спросите нас" },
    },
    form: {
      fields: [
        { name: "booking", type: "text", label: { en: "Booking code", ru: "Код брони" }, required: false },
        {
          name: "about",
          type: "select",
          label: { en: "What is it about?", ru: "О чём вопрос?" },
          required: true,
          options: [
            { value: "bag", label: { en: "Baggage", ru: "Багаж" } },
            { value: "seat", label: { en: "Seats", ru: "Места" } },
          ],
        },
      ],
    },
    hours: {
      timeZone: "Europe/Moscow",
      weekly: [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: "00:00", to: "23:59" })),
      holidays: ["2026-12-31", "2027-01-01"],
    },
  });
  await admin.rest("PUT", `/admin/inboxes/${inboxId}/identity-keys/${kid}`, { algorithm: "HS256", secret });
  const second = await admin.rest<{ id: string; key: string }>("POST", "/admin/inboxes", {
    name: "Skyward Miles",
    allowNativeApps: true,
    appearance: { color: "#b45309", position: "right", theme: "auto" },
  });
  await admin.rest("PUT", `/admin/inboxes/${second.id}/members/${admin.id}`);
  const anna = await admin.colleague("Anna Lebedeva", "operator", [inboxId, second.id]);
  const pavel = await admin.colleague("Pavel Novák", "supervisor", [inboxId]);
  await anna.operator.rest("PUT", "/me/availability", { availability: "online", capacity: 4 });
  await pavel.operator.rest("PUT", "/me/availability", { availability: "away", capacity: 5 });
  await admin.rest("POST", "/admin/teams", {
    name: "Baggage",
    members: [anna.operator.id, pavel.operator.id],
    inboxes: [inboxId],
  });
  await admin.rest("POST", "/admin/teams", { name: "Возвраты", members: [anna.operator.id], inboxes: [inboxId, second.id] });
  await makeReplies(admin, inboxId);
  const world: World = { admin, inboxId, secondInboxId: second.id, anna, pavel, conversations: new Map() };
  for (const [index, topic] of topics.entries()) await addConversation(url, world, topic, index);
  for (let index = 0; index < 10; index++) {
    const visitor = await Visitor.come(url, second.key);
    const id = await visitor.open(`Miles ${index + 1}`);
    await visitor.say(id, questions[index % questions.length] ?? "Hello");
    world.conversations.set(`Miles ${index + 1}`, { id, visitor });
  }
  return world;
}

async function makeReplies(admin: Operator, inboxId: string): Promise<void> {
  const replies: [string, string, string, boolean][] = [
    ["hello", "Greeting", "Hello, {visitor.name}! My name is {operator.name}, I am looking into it.", true],
    [
      "bag",
      "Delayed baggage",
      "I am sorry about your bag. Please send me the number on the baggage tag, it has ten digits.",
      true,
    ],
    ["refund", "Refund terms", "Refunds take up to 10 working days. You will get an e-mail from {inbox.name}.", true],
    ["bye", "Good-bye", "Thank you for writing, {visitor.name}. Have a good flight!", false],
    ["wait", "One moment", "One moment please, I am checking this with the airport.", false],
  ];
  for (const [shortcut, title, body, shared] of replies)
    await admin.rest("POST", "/canned-replies", { shortcut, title, body, shared, ...(shared ? { inboxId } : {}) });
}

async function addConversation(url: string, world: World, topic: string, index: number): Promise<void> {
  const isNamed = index % 5 !== 4;
  const visitor = await Visitor.come(url, "demo", isNamed ? identityToken(`customer-${index}`, names[index] ?? "") : undefined);
  const id = await visitor.open(topic, { booking: `QX7T${index}M`, about: index % 2 ? "seat" : "bag" });
  world.conversations.set(topic, { id, visitor });
  await visitor.say(id, questions[index % questions.length] ?? "Hello");
  const owner = index < 7 ? world.admin : index < 11 ? world.anna.operator : index < 13 ? world.pavel.operator : undefined;
  if (!owner) return;
  await owner.claim(id);
  await owner.say(id, index % 2 ? "Здравствуйте! Сейчас посмотрю." : "Hello! Let me have a look.");
  if (index % 3 === 0) await visitor.say(id, "Thank you, I am waiting");
  if (index % 2 === 0) await owner.tag(id, index % 4 === 0 ? "baggage" : "seats", ...(index === 0 ? ["vip", "vienna"] : []));
}

/** A conversation with everything a timeline can show. */
export async function makeBusy(world: World, topic: string): Promise<string> {
  const found = world.conversations.get(topic);
  if (!found) throw new Error(`no conversation ${topic}`);
  const { id, visitor } = found;
  const { admin, anna } = world;
  const tag = await visitor.say(id, "The tag says 0257 118 342.\nIt is a dark green case with a yellow belt.");
  await admin.say(id, "Anna, could you ask Vienna? They never answer me 😅", "note");
  await anna.operator.say(
    id,
    "Called them: it is in Frankfurt and flies tonight with LH 1416. See https://tracer.example/case/VIE-118342",
    "note",
  );
  await admin.say(
    id,
    "Good news: your bag is in Frankfurt and comes tonight. We bring it to your hotel tomorrow before noon.",
    "message",
    tag.event.seq,
  );
  await visitor.say(id, "🎉🎉🎉");
  await visitor.say(id, "Thank you so much!! You are the best 👩‍✈️❤️ Which address do you have?");
  const sent = await admin.say(id, "Hotel Sacher, Philharmoniker Straße 4. Is that right?");
  await visitor.read(id, sent.event.seq);
  return id;
}
