import type { ConversationState } from "@gapless-chat/client";
import { Script } from "./build";

const zalgo =
  "Ḩ".normalize("NFD") +
  "e\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u0316\u0317\u0318\u0319\u031c\u031d\u031e\u031f".repeat(
    6,
  );

const hostile = (script: Script) =>
  script
    .visitor("<script>alert(1)</script><img src=x onerror=alert(1)>")
    .answer("javascript:alert(1) https://user:pass@bank.example/ data:text/html,x")
    .visitor(`\u202egnp.exe\u202c ${zalgo} ok`)
    .answer(`${"w".repeat(400)} https://example.com/${"long/".repeat(40)}`)
    .visitor("مرحبا، حجزي رقم 4821 لا يظهر. www.example.com");

const past = (entries: readonly (readonly [string, string, string])[]): ConversationState[] =>
  entries.map(([operator, question, answer], at) =>
    new Script(`past${at}`, operator, undefined, 2 + at * 9).visitor(question).answer(answer).end({ status: "closed" }),
  );

const en = {
  operator: "Maya Lindqvist",
  longName: "Maria-Magdalena Konstantinopolskaya-Featherstonehaugh of the Night Shift",
  hostileName: "Ev\u202eil <b>Name</b> \u0301\u0301\u0301\u0301\u0301\u0301",
  question: "Hello! Can I take a guitar as hand luggage on the flight to Oslo?",
  thanks: "Thank you, that helps a lot!",
  edited: "Booking AX4F2K, two passengers. Sorry, I meant the 14th.",
  reply: "Yes, this one. I have added the guitar to both flights.",
  long: "We were to fly on Friday, and the flight was moved to the evening, so that we would miss the connection in Helsinki. ".repeat(
    12,
  ),
  dialogue: (script: Script) =>
    script
      .visitor("Hello! Can I take a guitar as hand luggage on the flight to Oslo?")
      .joined()
      .answer("Hi! Maya here. Yes, a guitar counts as your cabin bag when it is at most 100 cm long.")
      .answer("For a longer one you can book a seat beside you: https://aurora.example/instruments")
      .pause(2)
      .visitor("It is 98 cm in its case.")
      .visitor("Do I have to tell you before the flight?"),
  hostile,
  past: () =>
    past([
      ["Jonas Berg", "Where is my refund?", "It left us on Monday and takes up to three bank days."],
      ["Aiko Tanaka", "Can I change the name on a ticket?", "Up to three letters are free. I have changed it."],
    ]),
};

const ru: typeof en = {
  operator: "Майя Лебедева",
  longName: "Мария-Магдалена Константинопольская-Преображенская из ночной смены",
  hostileName: en.hostileName,
  question: "Здравствуйте! Можно взять гитару в салон на рейс в Осло?",
  thanks: "Спасибо, вы очень помогли!",
  edited: "Бронь AX4F2K, два пассажира. Простите, на 14-е.",
  reply: "Да, эту. Добавила гитару на оба рейса.",
  long: "Мы должны были лететь в пятницу, но рейс перенесли на вечер, и мы не успеваем на пересадку в Хельсинки. ".repeat(12),
  dialogue: (script: Script) =>
    script
      .visitor("Здравствуйте! Можно взять гитару в салон на рейс в Осло?")
      .joined()
      .answer("Добрый день! Меня зовут Майя. Да, гитара считается ручной кладью, если она не длиннее 100 см.")
      .answer("Для большей можно купить соседнее кресло: https://aurora.example/instruments")
      .pause(2)
      .visitor("В чехле 98 см.")
      .visitor("Нужно предупредить вас до вылета?"),
  hostile,
  past: () =>
    past([
      ["Иван Берг", "Где мой возврат?", "Отправили в понедельник, придёт за три банковских дня."],
      ["Анна Танака", "Можно исправить имя в билете?", "До трёх букв бесплатно. Исправила."],
    ]),
};

export const lines = { en, ru };
