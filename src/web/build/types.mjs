// Checks the types of every package that has sources.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const { workspaces } = JSON.parse(readFileSync("package.json", "utf8"));
for (const name of [...workspaces, "tests-browser"]) {
  if (existsSync(`${name}/tsconfig.json`)) execFileSync("npx", ["tsc", "-p", name], { stdio: "inherit" });
}
