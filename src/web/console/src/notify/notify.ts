import { play } from "@gapless-chat/screens/tones";
import { effect } from "@preact/signals";
import { chosenId, counts, listed, liveRows, moreRows, myId, view } from "../state/chat";
import { visitorName } from "../state/names";
import { prefs, setPrefs } from "../state/prefs";
import { goTo } from "../state/route";
import { phase } from "../state/session";
import { toast } from "../state/toasts";
import { t } from "../texts";
import { type News, newsSince, type Picture } from "./news";

const quietMs = 2_000;
const tones = { message: [660, 880], queued: [523, 659] } as const;

/** Title counter, sound and desktop notifications. */
export function startNotices(): () => void {
  let before: Picture = { rows: new Map(), listed: [] };
  let lastSound = Number.NEGATIVE_INFINITY;
  const stopTitle = effect(() => {
    const { unread, queue } = counts.value;
    const count = unread + queue;
    document.title = phase.value === "in" && count > 0 ? `(${count}) ${t("app")}` : t("app");
  });
  const stopNews = effect(() => {
    const rows = liveRows.value;
    const news = newsSince(before, rows, myId.peek()).filter((one) => !isInSight(one) && !wasKnown(one));
    before = { rows, listed: listed.value };
    if (news.length === 0) return;
    if (prefs.peek().sound && performance.now() - lastSound > quietMs) {
      lastSound = performance.now();
      play(tones[news.some((one) => one.kind === "message") ? "message" : "queued"]);
    }
    if (prefs.peek().desktop && document.hidden) show(news);
  });
  return () => {
    stopTitle();
    stopNews();
  };
}

export async function askForNotifications(isOn: boolean): Promise<void> {
  if (isOn && "Notification" in window && (await Notification.requestPermission()) !== "granted") {
    toast("bad", t("desktop.refused"));
    return;
  }
  setPrefs({ desktop: isOn });
}

/** A line that was among the rest and only now is pushed has waited before. */
function wasKnown({ kind, row }: News): boolean {
  return kind === "queued" && moreRows.peek().get(row.conversationId)?.status === "queued";
}

/** What one looks at anyway makes no noise. */
function isInSight({ row }: News): boolean {
  return !document.hidden && document.hasFocus() && row.conversationId === chosenId.peek();
}

function show(news: readonly News[]): void {
  const first = news[0];
  if (!first || !("Notification" in window) || Notification.permission !== "granted") return;
  const { row } = first;
  const isOne = news.length === 1;
  const title = isOne ? visitorName(row.visitor) : t("notify.many", { n: news.length });
  const body = isOne ? (row.lastMessage?.text ?? row.topic ?? t("notify.queued")) : "";
  const shown = new Notification(title, { body, tag: isOne ? row.conversationId : "many" });
  shown.onclick = () => {
    window.focus();
    goTo({ page: "work", view: row.assignee ? "mine" : view.peek(), conversation: row.conversationId });
    shown.close();
  };
}
