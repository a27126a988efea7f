// Makes protocol/src/rest.ts from the contract: `npm run rest-types`. Records only; the routes are called by their paths.
import { readFileSync, writeFileSync } from "node:fs";
import openapi, { astToString } from "openapi-typescript";

const contract = new URL("../../Chat.Contracts/openapi.json", import.meta.url);
const output = new URL("../protocol/src/rest.ts", import.meta.url);

export async function restTypes() {
  const { openapi: version, info, components } = JSON.parse(readFileSync(contract, "utf8"));
  const ast = await openapi({ openapi: version, info, paths: {}, components: { schemas: components.schemas } });
  return `// Made by \`npm run rest-types\` from openapi.json; not to be edited.\n${astToString(ast)}`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(output, await restTypes());
