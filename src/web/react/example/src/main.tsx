import { createVisitorChat } from "@gapless-chat/client";
import { ChatProvider } from "@gapless-chat/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { locale } from "./texts.ts";
import "./styles.css";

const chat = createVisitorChat({ url: location.origin, inbox: "demo", locale });
document.documentElement.lang = locale;
document.addEventListener("visibilitychange", () => chat.visible(!document.hidden));
void chat.start();

createRoot(document.getElementById("app") as HTMLElement).render(
  <StrictMode>
    <ChatProvider chat={chat}>
      <App />
    </ChatProvider>
  </StrictMode>,
);
