import { defineConfig } from "vite";

export default defineConfig({
  base: "/",
  build: {
    outDir: "../dist",
    emptyOutDir: false,
    assetsDir: "assets/demo",
    modulePreload: { polyfill: false },
    rolldownOptions: { input: "demo.html" },
  },
});
