import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/**
 * Writes instrumented fixtures of our own into a fresh folder and runs `entry` (CommonJS unless it
 * ends in `.mjs`) in a child Node. Answers what it printed as JSON.
 */
export async function runCode(
  files: Readonly<Record<string, string>>,
  script: string,
  options: { readonly type?: "module" | "commonjs" } = {},
): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-instrument-"));
  try {
    const packageJson = options.type === undefined ? {} : { type: options.type };
    await writeFile(join(folder, "package.json"), JSON.stringify(packageJson));
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    await writeFile(join(folder, "run.mjs"), `${RUNTIME}\n${script}`);
    const { stdout } = await execute(process.execPath, ["--no-warnings", join(folder, "run.mjs")], {
      timeout: 30_000,
    });
    return JSON.parse(stdout) as unknown;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A search runtime as the search worker would install it; `install(fuel)` puts it in place. */
const RUNTIME = `
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
class OutOfFuel extends Error {}
const seen = [];
const runtime = {
  fuel: 1000,
  isLogging: false,
  outOfFuel() { throw new OutOfFuel("out of fuel"); },
  isOutOfFuel: (thrown) => thrown instanceof OutOfFuel,
  compare(left, right, kind) { seen.push([String(left), String(right), kind]); },
};
const install = (fuel, isLogging = false) => {
  runtime.fuel = fuel;
  runtime.isLogging = isLogging;
  globalThis.__regoose__ = runtime;
};
const attempt = (run) => { try { return run(); } catch (error) { return error instanceof OutOfFuel ? "out of fuel" : String(error); } };
const print = (value) => process.stdout.write(JSON.stringify(value));
`;
