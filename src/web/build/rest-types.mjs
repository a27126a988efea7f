// Makes protocol/src/rest.ts from the contract: `npm run rest-types`. Records only; the routes are called by their paths.
import { readFileSync, writeFileSync } from "node:fs";
import openapi, { astToString } from "openapi-typescript";
import ts from "typescript";

const contract = new URL("../../Chat.Contracts/openapi.json", import.meta.url);
const output = new URL("../protocol/src/rest.ts", import.meta.url);

/** Others' clients get strings, since words are open. Ours go with the server and name those of now, as the hubs' types do. */
function words(schema) {
  const known = schema["x-extensible-enum"];
  const { createLiteralTypeNode, createStringLiteral, createUnionTypeNode } = ts.factory;
  return known && createUnionTypeNode(known.map((word) => createLiteralTypeNode(createStringLiteral(word))));
}

export async function restTypes() {
  const { openapi: version, info, components } = JSON.parse(readFileSync(contract, "utf8"));
  const document = { openapi: version, info, paths: {}, components: { schemas: components.schemas } };
  const ast = await openapi(document, { transform: words });
  return `// Made by \`npm run rest-types\` from openapi.json; not to be edited.\n${astToString(ast)}`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(output, await restTypes());
