import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import type { HarnessConfig } from "../../contract/harness.ts";
import { toEntryPath } from "../../kernel/entry-url.ts";

/** Files every harness is made of, in an order in which each finds what it uses above it. */
const CORE = [
  "../../contract/run-folder",
  "../../contract/typed-formats",
  "./harness/private-node",
  "./harness/result-lines",
  "./harness/describe-failure",
  "./harness/clock-shift",
  "./harness/seeded-order",
  "./harness/coverage-counters",
  "./harness/mutant-switch",
  "./harness/callback-style",
  "./harness/time-limit",
  "./harness/watchdog",
  "./harness/pair-session",
  "./harness/session",
  "./harness/stray-errors",
  "./harness/cap-output",
] as const;

const composed = new Map<string, Promise<string>>();

/**
 * Joins the harness files and the glue of a runner into the body of one plain script, without
 * imports or exports, so that it loads under any module system and in any VM context. Only our own
 * files go in; they hold nothing but imports of one another and declarations.
 *
 * @param glue path without extension below this folder: `node/node-glue`
 */
export function composeHarness(glue: readonly string[]): Promise<string> {
  const key = glue.join(" ");
  const known = composed.get(key) ?? joinFiles([...CORE, ...glue.map((name) => `./${name}`)]);
  composed.set(key, known);
  return known;
}

async function joinFiles(names: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    names.map(async (name) => {
      const path = toEntryPath(import.meta.url, name);
      const source = await readFile(path, "utf8");
      return toScriptPart(path.endsWith(".ts") ? stripTypeScriptTypes(source) : source);
    }),
  );
  return parts.join("\n");
}

/**
 * Makes a statement out of one module's JavaScript: it declares what the module exports and keeps the
 * rest to itself. Imports go, since what they name stands above.
 */
export function toScriptPart(code: string): string {
  const names = [...code.matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gmu)].map(
    ([, name]) => name ?? "",
  );
  const body = code
    .replaceAll(/^import\b[^;]*?from\s*"(?:\.|node:)[^"]*";?[ \t]*$/gmu, "")
    .replaceAll(/^export\s*\{\s*\};?[ \t]*$/gmu, "")
    .replaceAll(/^export (?=(?:async )?function|const|class)/gmu, "")
    .replaceAll(/^\/\/# sourceMappingURL=.*$/gmu, "")
    .replaceAll(/\n\s*\n+/gu, "\n");
  return names.length === 0
    ? ""
    : `const { ${names.join(", ")} } = (() => {${body}return { ${names.join(", ")} };\n})();`;
}

/** The harness configuration as an expression within a CommonJS file in the run folder. */
export function toConfigCode(harness: Omit<HarnessConfig, "workPath">): string {
  return `Object.assign(JSON.parse(${JSON.stringify(JSON.stringify(harness))}), {
    workPath: process.getBuiltinModule("node:path").dirname(__dirname),
  })`;
}
