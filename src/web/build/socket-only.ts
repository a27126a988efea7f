import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const stands: Readonly<Record<string, string>> = {
  "./HubConnectionBuilder": "hub-connection-builder.ts",
  "./MessageBuffer": "message-buffer.ts",
};

/** Puts the widget's own small parts in the place of those of SignalR that it has no use for. A test of the bundle's size notices when this no longer fits. */
export function socketOnly(): Plugin {
  return {
    name: "socket-only",
    enforce: "pre",
    resolveId(source, importer) {
      const stand = importer?.includes("/@microsoft/signalr/") ? stands[source] : undefined;
      return stand ? fileURLToPath(new URL(`../widget/src/signalr/${stand}`, import.meta.url)) : undefined;
    },
  };
}
