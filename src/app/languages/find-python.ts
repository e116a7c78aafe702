import { existsSync } from "node:fs";
import { readdir, readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { PythonSetup } from "../../execution/languages/pytest/pytest-driver.ts";
import type { ReadOnlyMount } from "../../ports/sandbox.ts";

/** A Python to try, and what of the host it needs to be shown. */
export interface FoundPython extends Pick<PythonSetup, "interpreter" | "packages"> {
  readonly mounts: readonly ReadOnlyMount[];
}

const SYSTEM = ["/usr/local/bin/python3", "/usr/bin/python3"];

/**
 * Pythons that may run the project's tests, best first: that of its virtual environment, then the system's. What else
 * stands in PATH (pyenv's shims above all) lies in somebody's home, which no sandbox shows. Starts none of them.
 */
export async function findPythons(root: string): Promise<readonly FoundPython[]> {
  const found: FoundPython[] = [];
  for (const name of [".venv", "venv"]) {
    const python = await readEnvironmentFolder(join(root, name));
    if (python !== null) found.push(python);
  }
  for (const interpreter of SYSTEM) {
    if (existsSync(interpreter)) found.push({ interpreter, packages: [], mounts: [] });
  }
  return found;
}

/** See PEP 405: `pyvenv.cfg` names the folder of the Python that it was made with. */
async function readEnvironmentFolder(folder: string): Promise<FoundPython | null> {
  const text = await readFile(join(folder, "pyvenv.cfg"), "utf8").catch(() => null);
  const home = text === null ? undefined : /^home[ \t]*=[ \t]*(.+)$/mu.exec(text)?.[1]?.trim();
  if (home === undefined) return null;
  const versions = await readdir(join(folder, "lib")).catch(() => []);
  const version = versions.find((name) => /^python3\.\d+$/u.test(name));
  const packages = version === undefined ? null : join(folder, "lib", version, "site-packages");
  if (version === undefined || packages === null || !existsSync(packages)) return null;
  const program = await realpath(join(home, version)).catch(() => null);
  if (program === null) return null;
  const isShown = program.startsWith("/usr/");
  return {
    interpreter: isShown ? program : `{mount:python}/bin/${version}`,
    packages: ["{mount:site-packages}"],
    mounts: [
      { hostPath: packages, name: "site-packages" },
      ...(isShown ? [] : [{ hostPath: dirname(dirname(program)), name: "python" }]),
    ],
  };
}
