// The Dockerfile, on every run and without an engine: it is true to the projects that it copies. `tests/run --long` really builds it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { charts, render } from "./helm.mjs";

const root = join(charts, "..");
const read = (file) => readFileSync(join(root, file), "utf8");
const dockerfile = read("Dockerfile");
const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) => match[1].split(" "));

/** A project and all that it refers to. */
function projects(file) {
  const references = [...read(file).matchAll(/ProjectReference Include="([^"]+)"/g)].map((match) => match[1].replaceAll("\\", "/"));
  return [file, ...references.flatMap((reference) => projects(normalize(join(dirname(file), reference))))];
}

test("what the Dockerfile copies is there", () => {
  assert.ok(copied.length > 8);
  assert.deepEqual(copied.filter((path) => !existsSync(join(root, path))), []);
});

test("the Dockerfile copies every project that the server needs, with its lock file before its sources", () => {
  for (const project of projects("src/Chat.Server/Chat.Server.csproj")) {
    const folder = dirname(project);
    for (const path of [project, `${folder}/packages.lock.json`, folder]) assert.ok(copied.includes(path), path);
    for (const [, imported] of read(project).matchAll(/<Import Project="([^"]+)"/g)) {
      assert.ok(copied.includes(`${folder}/${imported.replaceAll("\\", "/")}`), imported);
    }
  }
});

test("the Dockerfile copies every file beside the solution that changes how projects are built", () => {
  const files = ["global.json", "Directory.Build.props", "Directory.Packages.props", ".editorconfig", "BannedSymbols.txt"];
  assert.deepEqual(files.filter((file) => !copied.includes(file)), []);
  const ignore = read(".dockerignore").split("\n");
  assert.deepEqual(files.filter((file) => !ignore.includes(`!${file}`)), []);
});

test("a release is built of base images by digest and of no other", () => {
  const check = /^RUN (if \[ -n "\$RELEASE" \][\s\S]+?; fi)$/m.exec(dockerfile)[1].replaceAll("\\\n", "");
  const names = [...dockerfile.matchAll(/^ARG (\w+_IMAGE)=(.+)$/gm)].map(([, name, tag]) => [name, tag]);
  assert.equal(names.length, [...dockerfile.matchAll(/^FROM /gm)].length);
  const build = (release, images) => spawnSync("sh", ["-c", check], { env: { RELEASE: release, ...Object.fromEntries(images) } }).status;
  const pinned = names.map(([name, tag]) => [name, `${tag}@sha256:${"0".repeat(64)}`]);
  assert.equal(build("", names), 0);
  assert.equal(build("1", pinned), 0);
  for (const [name, tag] of names) assert.equal(build("1", [...pinned, [name, tag]]), 1, name);
});

test("the image and the chart agree on user, ports and command", () => {
  const pod = render("prod-dc1").find(({ kind }) => kind === "Deployment").spec.template.spec;
  assert.equal(Number(/^USER (\d+)$/m.exec(dockerfile)[1]), pod.securityContext.runAsUser);
  const exposed = /^EXPOSE (.+)$/m.exec(dockerfile)[1].split(" ").map(Number);
  assert.deepEqual(exposed, pod.containers[0].ports.map(({ containerPort }) => containerPort));
  assert.match(dockerfile, /^ENTRYPOINT \["dotnet", "Chat\.Server\.dll"\]$/m);
  assert.match(dockerfile, /--locked-mode/);
});
