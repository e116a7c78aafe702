import { existsSync } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { createDependenciesUnusable } from "../../execution/errors.ts";
import type { PythonSetup } from "../../execution/languages/pytest/pytest-driver.ts";
import type { ReadOnlyMount } from "../../ports/sandbox.ts";

/** A Python to try, and what of the host it needs to be shown. */
export interface FoundPython extends Pick<PythonSetup, "interpreter" | "packages"> {
  readonly mounts: readonly ReadOnlyMount[];
  /** Folder of the virtual environment, as in the project; null for a system's Python. */
  readonly environment: string | null;
}

const SYSTEM = ["/usr/local/bin/python3", "/usr/bin/python3"];
/** Above any that is written by a tool, bytes. */
const MOST_CONFIG = 65_536;

/**
 * Pythons that may run the project's tests, best first: that of its virtual environment, then the system's. What else
 * stands in PATH (pyenv's shims above all) lies in somebody's home, which no sandbox shows. Starts none of them.
 * @throws DependenciesUnusable (RGS-7103) for an environment that leads out of the project, or whose Python is gone
 */
export async function findPythons(root: string): Promise<readonly FoundPython[]> {
  const found: FoundPython[] = [];
  for (const name of [".venv", "venv"]) {
    const python = await readEnvironmentFolder(root, name);
    if (python !== null) found.push(python);
  }
  for (const interpreter of SYSTEM) {
    if (existsSync(interpreter))
      found.push({ interpreter, packages: [], mounts: [], environment: null });
  }
  return found;
}

/** What to do about an environment that cannot be used. */
export const MAKE_ANEW =
  "make it anew in the project, such as by `python3 -m venv --clear .venv`, and install pytest and the project's dependencies in it; without one the system's Python runs the tests";

/**
 * See PEP 405: `pyvenv.cfg` names the folder of the Python that it was made with. An environment may come from
 * anybody: of the host, no more is shown than packages inside the project and the two folders of a whole Python.
 */
async function readEnvironmentFolder(root: string, name: string): Promise<FoundPython | null> {
  const folder = join(root, name);
  const home = await readHome(join(folder, "pyvenv.cfg"));
  const versions = await readdir(join(folder, "lib")).catch(() => []);
  const version = versions.find((one) => /^python3\.\d+$/u.test(one));
  if (home === null || version === undefined) return null;
  const packages = await toReal(join(folder, "lib", version, "site-packages"));
  if (packages === null) return null;
  if (!packages.startsWith(`${(await toReal(root)) ?? root}/`)) {
    const why = `the packages of ${name} lie outside of the project, in ${packages}, which no sandbox is shown`;
    throw createDependenciesUnusable(why, root, MAKE_ANEW);
  }
  const program = await toReal(join(home, version));
  // What is shown of a Python from elsewhere has to be one: a link may lead anywhere.
  const prefix = program === null ? "" : dirname(dirname(program));
  const isShown = program?.startsWith("/usr/") === true;
  const isWhole =
    basename(dirname(program ?? "")) === "bin" &&
    existsSync(join(prefix, "bin", version)) &&
    existsSync(join(prefix, "lib", version, "os.py"));
  if (program === null || (!isShown && !isWhole)) {
    const why = `${name} was made with the ${version} of ${home}, and no such Python is there`;
    throw createDependenciesUnusable(why, root, MAKE_ANEW);
  }
  return {
    interpreter: isShown ? program : `{mount:python/bin}/${version}`,
    packages: ["{mount:site-packages}"],
    mounts: [
      { hostPath: packages, name: "site-packages" },
      ...(isShown ? [] : [{ hostPath: join(prefix, "bin"), name: "python/bin" }]),
      ...(isShown ? [] : [{ hostPath: join(prefix, "lib"), name: "python/lib" }]),
    ],
    environment: name,
  };
}

/** Null for what is no file: reading a pipe never ends. */
async function readHome(path: string): Promise<string | null> {
  const stats = await stat(path).catch(() => null);
  if (stats === null || !stats.isFile() || stats.size > MOST_CONFIG) return null;
  const text = await readFile(path, "utf8").catch(() => "");
  return /^home[ \t]*=[ \t]*(.+)$/mu.exec(text)?.[1]?.trim() ?? null;
}

const toReal = (path: string): Promise<string | null> => realpath(path).catch(() => null);
