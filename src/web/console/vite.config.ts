import { defineConfig } from "vite";

// No inline script, style or data: address may appear: the page's Content-Security-Policy has none of them.
export default defineConfig({
  base: "/",
  resolve: { conditions: ["source", "module", "browser", "development|production"] },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../dist",
    emptyOutDir: false,
    assetsDir: "assets/console",
    assetsInlineLimit: 0,
    target: "es2022",
    modulePreload: { polyfill: false },
    rolldownOptions: { input: "console.html" },
  },
});
