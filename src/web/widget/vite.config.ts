import { defineConfig } from "vite";
import { socketOnly } from "../build/socket-only";

// The chat in the frame: dist/widget.html and what it loads. One script and one style: the first message must be possible within a second.
export default defineConfig({
  base: "/",
  plugins: [socketOnly()],
  resolve: { conditions: ["source"] },
  build: {
    outDir: "../dist",
    emptyOutDir: false,
    assetsDir: "assets/widget",
    target: "es2022",
    // Names that begin with one underscore are SignalR's private ones: short ones are a kilobyte less. Its log is off, so that nothing need be written for it.
    minify: "terser",
    terserOptions: {
      module: true,
      compress: { passes: 2, pure_funcs: ["this._logger.log"] },
      mangle: { properties: { regex: /^_[a-zA-Z]/ } },
    },
    modulePreload: { polyfill: false },
    rolldownOptions: { input: "widget.html", preserveEntrySignatures: false },
  },
});
