import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const web = fileURLToPath(new URL("../..", import.meta.url));
const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");

/** What goes to the registry, from `npm run build`. */
export const published = ["protocol", "client", "react"] as const;

/** A folder with all packages as they are published. */
export class PackedPackages {
  private constructor(readonly folder: string) {}

  static async make(): Promise<PackedPackages> {
    const packed = new PackedPackages(await mkdtemp(join(tmpdir(), "chat-packed-")));
    const workspaces = published.flatMap((name) => ["--workspace", name]);
    await npm(web, "pack", "--pack-destination", packed.folder, ...workspaces);
    return packed;
  }

  async files(): Promise<string[]> {
    return (await readdir(this.folder)).map((name) => join(this.folder, name));
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}

/** An empty project beside nothing of the repository, into which packed files and others of the registry are installed. */
export class EmptyProject {
  private constructor(readonly folder: string) {}

  static async make(packed: PackedPackages, ...others: string[]): Promise<EmptyProject> {
    const project = new EmptyProject(await mkdtemp(join(tmpdir(), "chat-project-")));
    await project.write("package.json", JSON.stringify({ name: "empty", private: true, type: "module" }));
    const options = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
    await npm(project.folder, "install", ...options, ...(await packed.files()), ...others);
    return project;
  }

  write(name: string, text: string): Promise<void> {
    return writeFile(join(this.folder, name), text);
  }

  async manifestOf(name: string): Promise<{ name: string; dependencies?: Record<string, string> }> {
    return JSON.parse(await readFile(join(this.folder, "node_modules", name, "package.json"), "utf8"));
  }

  /** What a script prints, run by Node. */
  async node(name: string): Promise<string> {
    return (await run(process.execPath, [name], { cwd: this.folder })).stdout;
  }

  /** Checks the types of all that lies here, also within the packages; what is wrong, or nothing. */
  async check(moduleResolution: "node16" | "bundler", files: readonly string[]): Promise<string> {
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
      target: "es2022",
      lib: ["es2023", "dom", "dom.iterable"],
      module: moduleResolution === "bundler" ? "esnext" : "node16",
      moduleResolution,
      jsx: "react-jsx",
      types: [],
    };
    await this.write("tsconfig.json", JSON.stringify({ compilerOptions, files }));
    return run(process.execPath, [compiler, "-p", "."], { cwd: this.folder }).then(
      () => "",
      (error: { stdout: string }) => error.stdout,
    );
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}

async function npm(cwd: string, ...command: string[]): Promise<void> {
  // Within a run of npm: what that was told about its workspaces is not for this one.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith("npm_config_")));
  await run("npm", command, { cwd, env });
}
