import type { JSX } from "preact";
import { isAdmin } from "../state/chat";
import { pathOf, route, type AdminPage as Section } from "../state/route";
import { type TextKey, t } from "../texts";
import { InboxPage } from "./inbox/inbox-page";
import { InboxesPage } from "./inboxes-page";
import { OperatorsPage } from "./operators-page";
import { RepliesPage } from "./replies-page";
import { TeamsPage } from "./teams-page";
import "./admin.css";

const all: readonly Section[] = ["inboxes", "teams", "operators", "replies"];

export function AdminPage(): JSX.Element {
  const here = route.value;
  const wanted = here.page === "admin" ? here.section : "replies";
  // Whoever is no admin has canned replies here and nothing else; the server refuses the rest too.
  const section = isAdmin.value ? wanted : "replies";
  const sections = isAdmin.value ? all : (["replies"] as const);
  return (
    <main class="page">
      <div class="page-inner admin">
        {sections.length > 1 && (
          <nav class="tabs" aria-label={t("settings")}>
            {sections.map((one) => (
              <a key={one} href={pathOf({ page: "admin", section: one })} aria-current={one === section ? "page" : undefined}>
                {t(`admin.${one}` as TextKey)}
              </a>
            ))}
          </nav>
        )}
        {section === "inboxes" &&
          (here.page === "admin" && here.id ? <InboxPage key={here.id} id={here.id} tab={here.tab} /> : <InboxesPage />)}
        {section === "teams" && <TeamsPage />}
        {section === "operators" && <OperatorsPage />}
        {section === "replies" && <RepliesPage />}
      </div>
    </main>
  );
}
