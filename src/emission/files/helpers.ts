import { FIXTURE_FILES } from "../../contract/program.ts";
import type { Need } from "../dialects/dialect.ts";
import { toKey, toStringLiteral } from "../values/literals.ts";

/** Source text of the helper functions that a file declares below its imports, in the order printed. */
export function printHelpers(needs: ReadonlySet<Need>, isTypeScript: boolean): string[] {
  const helpers: string[] = [];
  if (needs.has("plain")) helpers.push(printPlain(isTypeScript));
  if (needs.has("rounded")) helpers.push(printRounded(isTypeScript));
  if (needs.has("settle")) helpers.push(SETTLE);
  if (needs.has("sample-folder")) helpers.push(printSampleFolder(isTypeScript));
  return helpers;
}

const SETTLE = `/** Waits until no file operation is under way, so that all its effects can be seen. */
async function settle() {
  for (let idleTurns = 0; idleTurns < 3; idleTurns += 1) {
    await setImmediate();
    const busy = process.getActiveResourcesInfo();
    if (busy.some((name) => name.startsWith("FSReq"))) idleTurns = -1;
  }
}`;

function printPlain(isTypeScript: boolean): string {
  const value = isTypeScript ? "(value: unknown): unknown" : "(value)";
  return `/** Copies fields into plain objects, so that only they count and not the classes. */
function plain${value} {
  if (Array.isArray(value)) return Array.from(value, (item) => plain(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, plain(inner)]),
  );
}`;
}

function printRounded(isTypeScript: boolean): string {
  const value = isTypeScript ? "(value: unknown): unknown" : "(value)";
  return `/** Copies fields, numbers rounded to ten digits: last bits of floats do not count. */
function rounded${value} {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    return Number(value.toPrecision(10));
  }
  if (Array.isArray(value)) return Array.from(value, (item) => rounded(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, rounded(inner)]),
  );
}`;
}

function printSampleFolder(isTypeScript: boolean): string {
  const files = Object.entries(FIXTURE_FILES).map(
    ([path, content]) => `  ${toKey(path)}: ${toStringLiteral(content)},`,
  );
  const type = isTypeScript ? ": string" : "";
  return `const SAMPLE_FILES = {
${files.join("\n")}
};

/** Gives each test a fresh folder with sample files as its current directory. */
function useSampleFolder() {
  const home = process.cwd();
  let folder${type};

  beforeEach(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "sample-")));
    for (const [name, content] of Object.entries(SAMPLE_FILES)) {
      const file = path.join(folder, name);
      fs.mkdirSync(path.join(file, name.endsWith("/") ? "." : ".."), {
        recursive: true,
      });
      if (!name.endsWith("/")) fs.writeFileSync(file, content);
    }
    process.chdir(folder);
  });

  afterEach(() => {
    process.chdir(home);
    fs.rmSync(folder, { recursive: true, force: true });
  });
}`;
}
