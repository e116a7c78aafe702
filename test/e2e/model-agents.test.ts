import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

import type { ScriptInput } from "../../src/adapters/mock-llm/script.ts";
import { startMockLlm } from "../../src/adapters/mock-llm/start-mock-llm.ts";
import { createSystemClock } from "../../src/kernel/clock.ts";
import { hasNamespace, runCli } from "./support/cli.ts";
import { aFolder, generate, toData } from "./support/models.ts";

const clock = createSystemClock();

async function aProject(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await aFolder();
  const manifest = { name: "locks", type: "module", exports: "./src/index.js" };
  const all = { "package.json": JSON.stringify(manifest), ...files };
  for (const [path, content] of Object.entries(all)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

interface Proof {
  readonly mutants: readonly { readonly id: string; readonly mutator: string }[];
  readonly cards: readonly {
    readonly origin: string;
    readonly engine: string;
    readonly kills: readonly string[];
    readonly fullTitle: string;
  }[];
}

async function readProof(root: string): Promise<Proof> {
  const text = await readFile(join(root, "test/regoose/regoose.proof.json"), "utf8");
  return JSON.parse(text) as Proof;
}

/** The word that opens it stands nowhere, and no search comes upon it. */
const LOCK = `/** Opens for one word. */
export function unlock(word, { code = 0 } = {}) {
  const turned = [...String(word)].reverse().join("");
  if (turned === "esoog-eht-esool-tel") {
    return code === 4711 ? "wide open" : "ajar";
  }
  return "shut";
}
`;
const OPENS = "let-loose-the-goose";

describe.skipIf(!hasNamespace())("agents behind the gate", { timeout: 240_000 }, () => {
  test("have the search execute the inputs that a model proposes, and nothing that is malformed", async () => {
    const inputs = [
      { steps: [{ call: "unlock", args: [OPENS] }] },
      { call: "unlock", args: [OPENS, { code: 4711 }] },
      { call: "gone", args: [] },
      { steps: [{ call: "constructor.constructor", args: ["return process"] }] },
      {
        steps: [
          { call: "unlock", args: ["x"] },
          { method: "at", on: 7, args: [0] },
        ],
      },
      "unlock",
    ];
    const script: ScriptInput = {
      answers: [
        { when: { includes: "You propose inputs" }, json: { inputs } },
        { text: "I cannot write such a test." },
      ],
    };
    await using server = await startMockLlm({ clock }, { script });
    const [root, home] = [await aProject({ "src/index.js": LOCK }), await aFolder()];
    const data = toData(await generate({ root, home, server, args: ["--provider", "local"] }));
    const { branches } = data.coverage.suite;
    expect(branches.covered).toBe(branches.total);
    expect(data.notes.join("\n")).toContain(
      "proposed inputs for the search: 2 executed, 4 dropped",
    );

    const { cards } = await readProof(root);
    const proposed = cards.filter(({ engine }) =>
      /^search \S+, inputs by model local\/mock-model$/u.test(engine),
    );
    // What the search found by itself stands beside them, under its own name: it opens nothing.
    expect(proposed.length).toBeGreaterThan(0);
    expect(cards.length).toBeGreaterThan(proposed.length);
    expect(cards.filter(({ fullTitle }) => fullTitle.includes(OPENS))).toEqual(proposed);
    expect(new Set(cards.map(({ origin }) => origin))).toEqual(new Set(["search"]));
    const again = await runCli(["verify", "--json", "test/regoose"], { cwd: root });
    expect(again.code, again.stdout).toBe(0);
  });

  test("tell the oracle of issue and callers, and never of a body", async () => {
    const canary = "canary-9d21-in-the-body";
    const root = await aProject({
      "src/index.js": `import { unlock } from "./inner.js";
export { unlock } from "./inner.js";
/** Opens twice. */
export function both(word) {
  const first = unlock(word, "${canary}");
  return [first, both(word)];
}
`,
      "src/inner.js": `import { both } from "./index.js";
/** Opens for one word. */
export function unlock(word) {
  both("${canary}");
  return word === "${canary}" ? "ajar" : "shut";
}
`,
      "examples/first.js": `import { both } from "../src/index.js";
const note = "${canary}";
console.log(both("an-example"));
`,
      "test/own.test.js": `import test from "node:test";
import { unlock } from "../src/index.js";
test("opens", () => {
  if (unlock("a-test")) { throw new Error("${canary}"); }
});
`,
    });
    const home = await aFolder();
    await writeFile(join(home, "issue.md"), "`both` should open twice, even for a duck.");
    const script: ScriptInput = { answers: [{ text: "nothing" }] };
    await using server = await startMockLlm({ clock }, { script });
    const issue = ["--issue", join(home, "issue.md")];
    const args = ["--engine", "model", "--provider", "local", "--dry-run", ...issue];
    await generate({ root, home, server, args });
    const [oracle = ""] = server.requests.map(({ body }) => JSON.stringify(body));
    expect(oracle).toContain("never the code");
    for (const shown of ["an-example", "a-test", "even for a duck", "Opens twice."])
      expect(oracle).toContain(shown);
    expect(oracle).not.toContain(canary);
    const missing = await generate({ root, home, server, args: [...args, "--issue", "gone.md"] });
    expect(missing.code).toBe(2);
  });
});
