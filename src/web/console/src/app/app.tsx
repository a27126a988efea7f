import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { LocationProvider, useLocation } from "preact-iso/router";
import { listenToKeys } from "../keyboard/listen";
import { startNotices } from "../notify/notify";
import { completeOidc } from "../sign-in/oidc";
import { SignIn } from "../sign-in/sign-in";
import { chat } from "../state/chat";
import { runClock } from "../state/clock";
import { followConversations } from "../state/following";
import { followMoreRows } from "../state/more-rows";
import { parseRoute, route, setNavigation } from "../state/route";
import { followInboxes, phase, start } from "../state/session";
import { t } from "../texts";
import { Toasts } from "../ui/toasts";
import { Workplace } from "./workplace";

export function App(): JSX.Element {
  useEffect(() => {
    void completeOidc().then(start);
    const onVisible = () => chat.visible(!document.hidden);
    document.addEventListener("visibilitychange", onVisible);
    const ends = [runClock(), followInboxes(), followMoreRows(), followConversations(), listenToKeys(), startNotices()];
    return () => {
      document.removeEventListener("visibilitychange", onVisible);
      for (const end of ends) end();
    };
  }, []);
  return (
    <LocationProvider scope="/console">
      <FollowLocation />
      {phase.value === "starting" && <div class="starting" role="status" aria-label={t("loading")} />}
      {phase.value === "in" && <Workplace />}
      {(phase.value === "out" || phase.value === "password") && <SignIn />}
      <Toasts />
    </LocationProvider>
  );
}

/** The address, however it changed, decides what is shown. */
function FollowLocation(): null {
  const location = useLocation();
  useEffect(() => setNavigation((path, isReplacing) => location.route(path, isReplacing)), [location.route]);
  useEffect(() => {
    route.value = parseRoute(location.path);
  }, [location.path]);
  return null;
}
