import { access, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

import type { ScriptInput } from "../../src/adapters/mock-llm/script.ts";
import { startMockLlm } from "../../src/adapters/mock-llm/start-mock-llm.ts";
import { createSystemClock } from "../../src/kernel/clock.ts";
import { hasNamespace, runCli, toEnvelope } from "./support/cli.ts";
import { commit, git } from "./support/git.ts";
import { aFolder, aTest, fenced, generate, toData } from "./support/models.ts";

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
/** For one number it breaks what its declaration promises, and no search comes upon that either. */
const DEPTH = `/**
 * How deep the lock is.
 * @param {number} key
 * @returns {number}
 */
export function depth(key) {
  return [{ metres: 1 }, null][Number(key * 7919 === 3336567703)].metres;
}
`;
const BREAKS = 421337;

const PAGES = `/** The price of some pieces; from the tenth on they are cheaper. */
export function price(pieces, each) {
  const sum = pieces * each;
  if (pieces > 9) return sum - 5;
  return sum;
}

/** Whole pages for so many lines. */
export function pages(lines) {
  return Math.ceil(Math.max(lines, 1) / 40);
}
`;
const LONG_BOOK = fenced(
  'import assert from "node:assert/strict";\nimport { test } from "node:test";',
  'import { pages } from "../../src/index.js";',
  aTest("a long book has 512 pages", "assert.equal(pages(20480), 512);"),
);

/** In this project alone, whatever the machine is set up to do. */
describe.skipIf(!hasNamespace())("agents behind the gate", { timeout: 240_000 }, () => {
  test("have the search execute the inputs that a model proposes, and nothing that is malformed", async () => {
    const inputs = [
      { steps: [{ call: "unlock", args: [OPENS] }] },
      { call: "unlock", args: [OPENS, { code: 4711 }] },
      { steps: [{ call: "depth", args: [BREAKS] }] },
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
    const source = `${LOCK}${DEPTH}`;
    const [root, home] = [await aProject({ "src/index.js": source }), await aFolder()];
    const data = toData(await generate({ root, home, server, args: ["--provider", "local"] }));
    // Told once, however often the inputs were executed, and in the same words as a finding of the search alone.
    expect(data.findings).toHaveLength(1);
    expect(data.findings[0]).toMatchObject({
      kind: "undeclared-exception",
      where: "src/index.js:14",
      evidence: { reproduced: 2 },
    });
    expect(data.findings[0]?.evidence.test).toContain(`depth(${String(BREAKS)})`);
    const { branches } = data.coverage.suite;
    expect(branches.covered).toBe(branches.total);
    expect(data.notes.join("\n")).toMatch(
      /proposed inputs for the search: (?:3 executed, 4|6 executed, 8) dropped/u,
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

    const [runId = ""] = await readdir(join(root, ".regoose/runs"));
    const folder = join(root, ".regoose/runs", runId);
    expect(await readdir(folder)).toContain("inputs");
    await runCli(["runs", "reset", "--from", "explore"], { cwd: root });
    expect(await readdir(folder)).not.toContain("inputs");
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

  test("admit a test for a fault that a model drew from the project's fixes, and prove it again", async () => {
    const root = await aProject({ "src/index.js": PAGES.replace("Math.max(lines, 1)", "lines") });
    await git(root, "init", "--quiet");
    await commit(root, "src", "feat: pages");
    await writeFile(join(root, "src/index.js"), PAGES);
    await commit(root, "src", "fix: no lines are one page");
    // A repository from anybody: what its configuration names is never run.
    const trap = join(root, "trap.sh");
    const sprung = join(root, "sprung");
    await writeFile(trap, `#!/bin/sh\ntouch ${sprung}\n`, { mode: 0o755 });
    for (const key of ["core.fsmonitor", "core.pager", "diff.external", "gpg.program"])
      await git(root, "config", key, trap);
    await git(root, "config", "log.showSignature", "true");

    const faults = [
      // Nothing in the code leads a search to this number.
      {
        search: "lines, 1) / 40",
        replace: "lines, 1) / 40 - (lines ** 2 === 419430400)",
        why: "x",
      },
      { search: "return sum;", replace: "return (sum); // as before", why: "" },
      { search: "pieces > 9", replace: "pieces >= 9", why: "a mechanical one" },
      { search: "no such text", replace: "", why: "" },
    ];
    const script: ScriptInput = {
      answers: [
        { when: { includes: "You know how code breaks" }, json: { faults } },
        { when: { includes: "find changes of behaviour" }, text: LONG_BOOK },
        { text: "nothing" },
      ],
    };
    await using server = await startMockLlm({ clock }, { script });
    const home = await aFolder();
    const data = toData(await generate({ root, home, server, args: ["--provider", "local"] }));
    await expect(access(sprung)).rejects.toThrow();
    const asked = server.requests.map(({ body }) => JSON.stringify(body));
    expect(asked.find((text) => text.includes("You know how code breaks"))).toContain(
      "fix: no lines are one page",
    );
    // The fault that lives is a gap, and the explorer is told whose it is.
    expect(asked.find((text) => text.includes("find changes of behaviour"))).toContain(
      "a fault as this project has had: x",
    );
    expect(data.models).toMatchObject({ faults: { kept: 1, dropped: 3, living: 0 } });
    expect(data.models?.tokens).toBeGreaterThan(0);
    // Whether gaps are left depends on how far the search came.
    expect(data.notes.join("\n")).toMatch(
      /the next 5 % of the mutants (?:would take about \$\S+ and \d+ tokens|are more than the gaps)/u,
    );

    const { mutants, cards } = await readProof(root);
    const fault = mutants.find(({ mutator }) => mutator === "patch:agent");
    const killers = cards.filter(({ kills }) => kills.includes(fault?.id ?? ""));
    expect(killers).toMatchObject([{ origin: "model", fullTitle: "a long book has 512 pages" }]);
    const again = await runCli(["verify", "--json", "test/regoose"], { cwd: root });
    expect(again.code, again.stdout).toBe(0);
    const agentsOf = async (): Promise<unknown> => {
      const shown = await runCli(["runs", "show", "--json"], { cwd: root });
      return (toEnvelope(shown).data as { readonly agents: unknown }).agents;
    };
    const state = { agent: "mutant", asked: 1, answered: 1, failed: 0 };
    expect(await agentsOf()).toContainEqual(expect.objectContaining(state));
    await runCli(["runs", "reset", "--from", "explore"], { cwd: root });
    expect(await agentsOf()).toEqual([]);
  });
});
