import type { Conversation } from "@gapless-chat/protocol";
import { saveFile } from "@gapless-chat/screens/save-file";
import { Ban, Download, ShieldCheck, Star } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { isHere } from "../conversation/conversation-pane";
import { attempt } from "../state/actions";
import { isBlocked, unblock } from "../state/blocks";
import { chat, chosen, inboxes } from "../state/chat";
import { openLayer } from "../state/layers";
import { visitorName } from "../state/names";
import type { OpenState } from "../state/types";
import { locale, t } from "../texts";
import { dayAndTime } from "../texts/format";
import { Avatar } from "../ui/avatar";
import { Button } from "../ui/button";
import { Icon } from "../ui/icon";
import { Earlier } from "./earlier";
import { Tags } from "./tags";
import "./panel.css";

/** Who the visitor is and what is known of him. */
export function Panel(): JSX.Element | null {
  const state = chosen.value;
  if (!isHere(state)) return null;
  const { conversation } = state;
  return (
    <aside class="panel" aria-label={t("panel")}>
      <Person state={state} />
      <Section title={t("tags")}>
        <Tags id={state.id} tags={conversation.tags ?? []} />
      </Section>
      <Section title={t("details")}>
        <Details conversation={conversation} />
      </Section>
      {conversation.fields && Object.keys(conversation.fields).length > 0 && (
        <Section title={t("form.answers")}>
          <dl class="facts">
            {Object.entries(conversation.fields).map(([name, value]) => (
              <Fact key={name} name={name}>
                <bdi>{value}</bdi>
              </Fact>
            ))}
          </dl>
        </Section>
      )}
      <Section title={t("earlier")}>
        <Earlier key={conversation.visitor.id} visitorId={conversation.visitor.id} currentId={state.id} />
      </Section>
      <div class="panel-foot">
        <Button icon={Download} small look="quiet" onClick={() => void attempt(() => saveTranscript(state.id))}>
          {t("transcript")}
        </Button>
        {isBlocked(conversation) ? (
          <Button icon={Ban} small look="quiet" onClick={() => void unblock(conversation.visitor.id)}>
            {t("unblock")}
          </Button>
        ) : (
          <Button icon={Ban} small look="quiet" onClick={() => openLayer({ kind: "block", id: state.id })}>
            {t("block")}
          </Button>
        )}
      </div>
    </aside>
  );
}

function Person({ state }: { state: OpenState }): JSX.Element {
  const { visitor } = state.conversation;
  const name = visitorName(visitor);
  return (
    <header class="person">
      <Avatar name={visitor.name} seed={visitor.id} size={44} dot={state.online ? "good" : "none"} />
      <div class="person-text">
        <h2>
          <bdi>{name}</bdi>
        </h2>
        <p class="muted">{t(state.online ? "online" : "offline")}</p>
        <p class="person-chips">
          {visitor.identified ? (
            <span class="chip good" title={t("identified.hint")}>
              <Icon of={ShieldCheck} size={12} /> {t("identified")}
            </span>
          ) : (
            <span class="chip">{t("anonymous")}</span>
          )}
          {isBlocked(state.conversation) && (
            <span class="chip bad">
              <Icon of={Ban} size={12} /> {t("blocked")}
            </span>
          )}
        </p>
      </div>
    </header>
  );
}

function Details({ conversation }: { conversation: Conversation }): JSX.Element {
  const { visitor } = conversation;
  const inbox = inboxes.value.find((one) => one.id === conversation.inboxId);
  const device = [visitor.device?.browser, visitor.device?.os].filter(Boolean).join(", ");
  return (
    <dl class="facts">
      <Fact name={t("inbox")}>
        <span class="inbox-mark" style={{ background: inbox?.color ?? "var(--text-3)" }} />
        {inbox?.name}
      </Fact>
      {conversation.page && (
        <Fact name={t("page")}>
          <PageLink address={conversation.page} />
        </Fact>
      )}
      {visitor.locale && <Fact name={t("language")}>{languageName(visitor.locale)}</Fact>}
      {device && <Fact name={t("device")}>{device}</Fact>}
      <Fact name={t("opened")}>{dayAndTime(Date.parse(conversation.openedAt))}</Fact>
      {conversation.rating && (
        <Fact name={t("rating")}>
          <span class="stars" role="img" aria-label={t("rating.of", { score: conversation.rating })}>
            {[1, 2, 3, 4, 5].map((star) => (
              <span key={star} class={star <= (conversation.rating ?? 0) ? "on" : ""}>
                <Icon of={Star} size={13} />
              </span>
            ))}
          </span>
        </Fact>
      )}
    </dl>
  );
}

function PageLink({ address }: { address: string }): JSX.Element {
  const shown = address.replace(/^https?:\/\/(www\.)?/, "");
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return <span>{address}</span>;
  return (
    <a class="cut" href={address} target="_blank" rel="noopener noreferrer nofollow" title={address}>
      {shown}
    </a>
  );
}

function Section({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <section class="panel-section">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class="fact">
      <dt class="cut" title={name}>
        {name}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames([locale.value], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

async function saveTranscript(id: string): Promise<void> {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  saveFile(await chat.transcript(id, { locale: locale.value, timeZone, notes: true }), `${id}.txt`);
}
