import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: { include: ["{protocol,client,react,screens,widget,console}/tests/**/*.test.{ts,tsx}"], testTimeout: 60_000 },
});
