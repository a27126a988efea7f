import { defineConfig } from "vite";

// The page and the service have one origin here: what is not the page's goes on to the service.
const target = process.env.CHAT_URL ?? "http://localhost:8080";
const onward = { target, changeOrigin: true, headers: { origin: new URL(target).origin } };

export default defineConfig({
  resolve: { conditions: ["source", "module", "browser", "development|production"] },
  optimizeDeps: { include: ["react", "react-dom/client", "react/jsx-dev-runtime", "@microsoft/signalr"] },
  server: { proxy: { "/api": onward, "/hubs": { ...onward, ws: true } } },
});
