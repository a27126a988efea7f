import { signal } from "@preact/signals";
import { exec } from "preact-iso/router";

export const views = ["queue", "mine", "team", "all", "snoozed", "closed"] as const;
export type View = (typeof views)[number];

export type AdminPage = "inboxes" | "teams" | "operators" | "replies";

export type Route =
  | { page: "work"; view: View; conversation?: string | undefined }
  | { page: "supervisor" }
  | { page: "admin"; section: AdminPage; id?: string | undefined; tab?: string | undefined };

const sections: readonly AdminPage[] = ["inboxes", "teams", "operators", "replies"];

export function parseRoute(path: string): Route {
  if (exec(path, "/console/supervisor")) return { page: "supervisor" };
  const admin = exec(path, "/console/settings/:section?/:id?/:tab?");
  if (admin) {
    const section = sections.find((one) => one === admin.params.section) ?? "replies";
    return { page: "admin", section, id: admin.params.id, tab: admin.params.tab };
  }
  const work = exec(path, "/console/:view?/:conversation?");
  return {
    page: "work",
    view: views.find((one) => one === work?.params.view) ?? "mine",
    conversation: work?.params.conversation,
  };
}

export function pathOf(route: Route): string {
  const parts =
    route.page === "work"
      ? [route.view, route.conversation]
      : route.page === "admin"
        ? ["settings", route.section, route.id, route.tab]
        : [route.page];
  return ["/console", ...parts.filter(Boolean)].join("/");
}

export const route = signal<Route>(parseRoute(location.pathname));

let navigate = (_path: string, _isReplacing: boolean): void => undefined;

/** The router gives its navigation here, so that commands can go somewhere too. */
export function setNavigation(go: typeof navigate): void {
  navigate = go;
}

export function goTo(target: Route, isReplacing = false): void {
  route.value = target;
  navigate(pathOf(target), isReplacing);
}
