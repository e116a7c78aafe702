import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** Writes a project into a folder of its own, removed when the test ends. Objects become JSON. */
export async function aProject(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "regoose-analysis-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const root = join(folder, "repo", "project");
  await mkdir(root, { recursive: true });
  // Keeps the search for a package.json from leaving the temporary folder.
  await mkdir(join(folder, ".git"));
  await writeFiles(root, files);
  return root;
}

export async function writeFiles(
  root: string,
  files: Readonly<Record<string, unknown>>,
): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const target = join(root, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, typeof content === "string" ? content : JSON.stringify(content));
  }
}

/** An installed package with an executable script. */
export function installed(name: string, bin: string): Readonly<Record<string, unknown>> {
  return {
    [`node_modules/${name}/package.json`]: { name, version: "1.0.0", bin: { [name]: bin } },
    [`node_modules/${name}/${bin}`]: "// never run\n",
  };
}

/** What was thrown, or null. */
export async function thrownBy(pending: Promise<unknown>): Promise<unknown> {
  return pending.then(
    () => null,
    (error: unknown) => error,
  );
}
