import { defineConfig } from "vite";

// dist/widget.js, the one line on host pages: a classic script, for document.currentScript, without a hash in its name.
export default defineConfig({
  build: {
    outDir: "../dist",
    emptyOutDir: false,
    target: "es2022",
    minify: "terser",
    terserOptions: { compress: { passes: 3 } },
    lib: { entry: "src/loader/main.ts", formats: ["iife"], name: "chatLoader", fileName: () => "widget.js" },
  },
});
