import type { JSX } from "preact";
import { lazy, Suspense } from "preact/compat";
import { AssignDialog } from "../actions/assign-dialog";
import { BlockDialog } from "../actions/block-dialog";
import { ConversationPane } from "../conversation/conversation-pane";
import { Palette } from "../keyboard/palette";
import { ShortcutSheet } from "../keyboard/shortcut-sheet";
import { ListPane } from "../lists/list-pane";
import { Panel } from "../panel/panel";
import { ConnectionBar } from "../shell/connection-bar";
import { Sidebar } from "../shell/sidebar";
import { chosen, chosenId, me } from "../state/chat";
import { layer } from "../state/layers";
import { hasPanel } from "../state/panel";
import { route } from "../state/route";
import { t } from "../texts";
import "./workplace.css";

// Settings are seldom opened: their code comes when they are.
const AdminPage = lazy(() => import("../admin/admin-page").then((module) => module.AdminPage));
const SupervisorPage = lazy(() => import("../supervisor/supervisor-page").then((module) => module.SupervisorPage));

export function Workplace(): JSX.Element {
  const { page } = route.value;
  if (!me.value) {
    return (
      <div class="app">
        <ConnectionBar />
        <div class="starting" role="status" aria-label={t("loading")} />
      </div>
    );
  }
  const isPanelShown = hasPanel.value && chosen.value?.conversation !== undefined;
  return (
    <div class="app">
      <ConnectionBar />
      <div class={`workplace ${page}${isPanelShown ? " with-panel" : ""}${chosenId.value ? " with-conversation" : ""}`}>
        <Sidebar />
        {page === "work" && (
          <>
            <ListPane />
            <ConversationPane />
            {isPanelShown && <Panel />}
          </>
        )}
        <Suspense fallback={<main class="page" aria-busy="true" />}>
          {page === "supervisor" && <SupervisorPage />}
          {page === "admin" && <AdminPage />}
        </Suspense>
      </div>
      <Layers />
    </div>
  );
}

function Layers(): JSX.Element | null {
  const top = layer.value;
  switch (top.kind) {
    case "sheet":
      return <ShortcutSheet />;
    case "palette":
      return <Palette />;
    case "assign":
      return <AssignDialog id={top.id} hasNote={top.hasNote} />;
    case "block":
      return <BlockDialog id={top.id} />;
    default:
      return null;
  }
}
