import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MockLlm } from "../../../src/adapters/mock-llm/start-mock-llm.ts";

/** A function that works, and could be flatter. Existing tests know nothing of its limits. */
export const SOURCE = `/** Grades points from 0 to 100. */
export function grade(points) {
  let letter;
  if (points >= 90) {
    letter = "A";
  } else {
    if (points >= 75) {
      letter = "B";
    } else {
      letter = "C";
    }
  }
  return letter;
}
`;

export const FLAT = `/** Grades points from 0 to 100. */
export function grade(points) {
  if (points >= 90) return "A";
  if (points >= 75) return "B";
  return "C";
}
`;

export const TEST = `import assert from "node:assert/strict";
import { test } from "node:test";
import { grade } from "../src/grade.js";
test("gives an A", () => { assert.equal(grade(95), "A"); });
`;

export const PLAN = {
  when: { includes: "You plan a change" },
  json: { summary: "Return early.", files: [{ path: "src/grade.js", change: "early returns" }] },
};

/** An answer of an editor with one search-and-replace block. */
export function block(path: string, search: string, replace: string): string {
  return `${path}\n<<<<<<< SEARCH\n${search}=======\n${replace}>>>>>>> REPLACE\n`;
}

const BODY = SOURCE.split("\n").slice(2, -2).join("\n");
const FLAT_BODY = FLAT.split("\n").slice(2, -2).join("\n");

/** What reaches the goal. */
export const RIGHT = `${block("src/grade.js", `${BODY}\n`, `${FLAT_BODY}\n`)}\nDONE\n`;
/** What the existing test does not notice. */
export const WRONG = `${block("src/grade.js", `${BODY}\n`, `${FLAT_BODY.replace(">= 75", "> 75")}\n`)}\nDONE\n`;
export const MENDED = `${block("src/grade.js", '  if (points > 75) return "B";\n', '  if (points >= 75) return "B";\n')}\nDONE\n`;

export const EDITOR = { includes: "You edit a code base" };

/** A folder that goes when it is disposed. */
export interface Improvable extends AsyncDisposable {
  readonly root: string;
  /** For the command: no key and no answer of whoever runs this. */
  readonly env: Readonly<Record<string, string>>;
}

/** Makes the project, and a new home beside it. */
export async function anImprovable(
  server?: Pick<MockLlm, "url">,
  files: Readonly<Record<string, string>> = {},
): Promise<Improvable> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-e2e-improve-"));
  const [root, home] = [join(folder, "project"), join(folder, "home")];
  for (const sub of ["src", "test"]) await mkdir(join(root, sub), { recursive: true });
  await mkdir(home);
  const manifest = { name: "grades", type: "module", exports: "./src/grade.js" };
  const all = {
    "package.json": JSON.stringify(manifest),
    "src/grade.js": SOURCE,
    "test/grade.test.js": TEST,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) await writeFile(join(root, path), text);
  const keys = ["OPENAI", "ANTHROPIC", "GEMINI", "GOOGLE", "DEEPSEEK"];
  return {
    root,
    env: {
      ...{ HOME: home, XDG_STATE_HOME: home, XDG_CONFIG_HOME: home },
      ...Object.fromEntries(keys.map((name) => [`${name}_API_KEY`, ""])),
      ...(server === undefined
        ? {}
        : {
            REGOOSE_PROVIDERS_LOCAL_BASE_URL: `${server.url}/v1`,
            REGOOSE_PROVIDERS_LOCAL_MODEL: "mock-model",
          }),
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
