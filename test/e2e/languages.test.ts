import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";

import type { ScriptInput } from "../../src/adapters/mock-llm/script.ts";
import { startMockLlm } from "../../src/adapters/mock-llm/start-mock-llm.ts";
import type { GenerateData } from "../../src/contract/envelope.ts";
import type { ProofFile } from "../../src/contract/proof-card.ts";
import { createSystemClock } from "../../src/kernel/clock.ts";
import {
  type CliResult,
  hasNamespace,
  runCli,
  startCli,
  toEnvelope,
  waitFor,
} from "./support/cli.ts";
import { commit, git } from "./support/git.ts";
import { listFolders, listProcesses } from "./support/watch-run.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");
const clock = createSystemClock();
/** Never used up: what a busy machine leaves untried would be refused. */
const MAX_TIME = "9m";
const folders: string[] = [];

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function anExample(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-e2e-language-"));
  folders.push(folder);
  const root = join(folder, "project");
  await cp(join(EXAMPLES, name), root, { recursive: true });
  return root;
}

/** No key of whoever runs this, and no answer from another run: the home is new. */
const toEnvironment = (root: string): Record<string, string> => ({
  ...{
    HOME: join(root, ".."),
    XDG_STATE_HOME: join(root, ".."),
    XDG_CONFIG_HOME: join(root, ".."),
  },
  ...{ OPENAI_API_KEY: "", ANTHROPIC_API_KEY: "", GEMINI_API_KEY: "", DEEPSEEK_API_KEY: "" },
});

const run = (root: string, args: readonly string[]): Promise<CliResult> =>
  runCli(args, { cwd: root, env: toEnvironment(root) });

/** A run with a model that answers as the script says. */
async function generate(
  root: string,
  script: ScriptInput,
  args: readonly string[],
): Promise<GenerateData> {
  await using server = await startMockLlm({ clock }, { script });
  const model = ["--provider", "local", "--base-url", `${server.url}/v1`, "--model", "mock"];
  const limits = ["--json", "--reruns", "1", "--max-time", MAX_TIME];
  const result = await run(root, ["generate", ...limits, ...model, ...args]);
  const { ok, data } = toEnvelope(result);
  expect(ok, `${result.stdout.slice(0, 3_000)}${result.stderr}`).toBe(true);
  return data as GenerateData;
}

const fenced = (language: string, ...lines: readonly string[]): string =>
  `Here:\n\`\`\`${language}\n${lines.join("\n")}\n\`\`\``;

/** What the oracle says; the explorer has nothing to add, and the judges blame the test. */
const toScript = (text: string): ScriptInput => ({
  answers: [
    { when: { includes: "never the code" }, text },
    { when: { includes: "find changes of behaviour" }, text: "I know of no test." },
    {
      when: { includes: "Say what that means" },
      json: { verdict: "test-wrong", quote: "", reasoning: ["The sum is wrong."] },
    },
  ],
});

async function readProof(root: string): Promise<ProofFile> {
  const text = await readFile(join(root, "tests/regoose/regoose.proof.json"), "utf8");
  return JSON.parse(text) as ProofFile;
}

async function expectHeld(root: string, args: readonly string[] = []): Promise<void> {
  const verified = await run(root, ["verify", "--json", ...args]);
  const { data } = toEnvelope(verified) as { data: { holds: number; cards: unknown[] } };
  expect(verified.code, verified.stdout).toBe(0);
  expect(data.holds).toBe(data.cards.length);
}

const PYTHON = fenced(
  "python",
  "import pytest",
  "from pricing import split, total",
  "",
  "def test_bulk():",
  "    assert total(99, 10) == 990",
  "    assert total(100, 10) == 900",
  "",
  "def test_no_pieces():",
  "    with pytest.raises(ValueError):",
  "        total(0, 5)",
  "    assert total(1, 5) == 5",
  "",
  "def test_wrong_sum():",
  "    assert total(2, 10) == 21",
  "",
  "def test_always():",
  "    assert True",
  "",
  "def test_secrets():",
  "    hidden = getattr(__builtins__, 'open', None) or __builtins__['open']",
  "    assert hidden(chr(47) + 'etc' + chr(47) + 'shadow').read()",
  "",
  "def test_environment():",
  "    import os",
  "    assert os.environ == {}",
);

const KEEPS_BALANCE = "return balance, ErrShort";
const LOSES_BALANCE = "return 0, ErrShort";

/** A project with few mutants. */
async function aFeeProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-e2e-language-"));
  folders.push(folder);
  const root = join(folder, "project");
  await mkdir(join(root, "src"), { recursive: true });
  await writeFile(join(root, "pyproject.toml"), '[project]\nname = "fee"\n');
  const lines = [
    "def fee(amount):",
    '    """Five below a hundred, else nothing."""',
    "    return 5 if amount < 100 else 0",
    "",
  ];
  await writeFile(join(root, "src/fee.py"), lines.join("\n"));
  return root;
}

async function readSuite(root: string): Promise<Readonly<Record<string, string>>> {
  const folder = join(root, "tests/regoose");
  const names = (await readdir(folder)).sort();
  const texts = names.map(async (name) => [name, await readFile(join(folder, name), "utf8")]);
  return Object.fromEntries(await Promise.all(texts)) as Readonly<Record<string, string>>;
}

/** A test file of the ledger. */
const toGo = (imports: readonly string[], ...lines: readonly string[]): string =>
  fenced(
    "go",
    ...["package regoose_test", "", "import ("],
    ...imports.map((name) => `\t"${name}"`),
    ...["", '\t"example.com/ledger"', ")", ""],
    ...lines,
  );

describe.skipIf(!hasNamespace())("tests in other languages", () => {
  test("Python: what holds is written with its proof, and the rest is refused with its reason", async () => {
    const root = await anExample("python-pricing");
    const data = await generate(root, toScript(PYTHON), ["--language", "python", "src/pricing.py"]);
    expect(data.runner).toBe("pytest");
    expect(data.candidates.rejected).toMatchObject({
      failed: 2,
      tautology: 1,
      "reaches-outside": 1,
    });
    expect(data.suite.files).toEqual(["tests/regoose/test_pricing_regoose.py"]);
    expect(data.coverage.suite.branches.covered).toBeGreaterThan(0);
    const text = await readFile(join(root, "tests/regoose/test_pricing_regoose.py"), "utf8");
    expect(text).toContain("def test_bulk");
    expect(text).not.toMatch(/test_(?:wrong|always|secrets|environment)/u);
    const proof = await readProof(root);
    expect(proof).toMatchObject({ runner: "pytest", language: "python" });
    for (const card of proof.cards)
      expect(card).toMatchObject({ mutants: "patch", origin: "model" });
    await expectHeld(root);
    // A changed source makes cards stale; a report is drawn as for any other run.
    const report = await run(root, ["report", data.runId, "--format", "markdown"]);
    expect(report.stdout).toContain("src/pricing.py");
    const source = await readFile(join(root, "src/pricing.py"), "utf8");
    await writeFile(join(root, "src/pricing.py"), source.replace("BULK = 100", "BULK = 101"));
    const stale = await run(root, ["verify", "--json"]);
    expect(stale.code).toBe(3);
    expect(stale.stdout).toContain('"stale"');
  }, 600_000);

  test("Go: tests stand in a package of their own, and a fault of the project's own past is a gap that one closes", async () => {
    const root = await anExample("go-ledger");
    const source = await readFile(join(root, "ledger.go"), "utf8");
    await git(root, "init", "--quiet");
    await writeFile(join(root, "ledger.go"), source.replace(KEEPS_BALANCE, LOSES_BALANCE));
    await commit(root, ".", "feat: balances");
    await writeFile(join(root, "ledger.go"), source);
    await commit(root, "ledger.go", "fix: what cannot be withdrawn stays");
    const script = toScript(
      toGo(
        ["fmt", "testing"],
        "func TestWithdraw(t *testing.T) {",
        "\tif got, err := ledger.Withdraw(10, 10); got != 0 || err != nil {",
        '\t\tt.Errorf("got %d, %v", got, err)',
        "\t}",
        "}",
        "",
        "func TestSilent(t *testing.T) {",
        "\tfmt.Println(ledger.Largest(nil))",
        "}",
      ),
    );
    const faults = [
      { search: KEEPS_BALANCE, replace: LOSES_BALANCE, why: "the balance is lost" },
      { search: "largest = amount", replace: "largest = money", why: "does not build" },
    ];
    const closing = toGo(
      ["testing"],
      "func TestShort(t *testing.T) {",
      "\tif got, err := ledger.Withdraw(5, 10); got != 5 || err != ledger.ErrShort {",
      '\t\tt.Errorf("got %d, %v", got, err)',
      "\t}",
      "}",
    );
    const more = [
      { when: { includes: "You know how code breaks" }, json: { faults } },
      // What the explorer is told of a gap is the fault that was in mind.
      { when: { includes: "a fault as this project has had: the balance is lost" }, text: closing },
    ];
    const whole = { answers: [...more, ...(script.answers ?? [])] };
    const data = await generate(root, whole, ["--language", "go", "ledger.go"]);
    expect(data.suite).toMatchObject({ tests: 2 });
    expect(data.models).toMatchObject({ faults: { kept: 1, dropped: 1 } });
    expect(data.candidates.rejected).toMatchObject({ "no-assertion": 1 });
    const folder = join(root, "tests/regoose/ledger");
    expect(await readdir(folder)).toEqual(["ledger_regoose_test.go"]);
    const text = await readFile(join(folder, "ledger_regoose_test.go"), "utf8");
    expect(text).not.toContain('"fmt"');
    const { cards, mutants } = await readProof(root);
    expect(new Set(cards.map((card) => card.mutants))).toEqual(new Set(["patch"]));
    const [byAgent] = mutants.filter(({ mutator }) => mutator === "patch:agent");
    // Of what was changed, `balance` to `0`, a mutant names what differs.
    expect(byAgent).toMatchObject({ file: "ledger.go", replacement: "0" });
    const killers = cards.filter(({ kills }) => kills.includes(byAgent?.id ?? ""));
    expect(killers.map(({ fullTitle }) => fullTitle)).toEqual(["TestShort"]);
    await expectHeld(root);
  }, 600_000);

  test("any other: by a command that the user names, and no project's file", async () => {
    const root = await anExample("perl-slug");
    const source = await readFile(join(root, "Slug.pm"), "utf8");
    await git(root, "init", "--quiet");
    await writeFile(join(root, "Slug.pm"), source.replace("> 20", ">= 20"));
    await commit(root, "Slug.pm", "feat: slugs");
    await writeFile(join(root, "Slug.pm"), source);
    await commit(root, "Slug.pm", "fix: twenty characters are not too many");
    const command = ["--test-command", "perl -I. {file}"];
    const script = toScript(
      fenced(
        "perl",
        "use strict;",
        "use warnings;",
        "use Slug;",
        "",
        "die \"not a slug\\n\" if Slug::slug('Hello  big World') ne 'hello-big-world';",
        "die \"too long\\n\" if Slug::slug('a' x 21) ne 'a' x 20;",
      ),
    );
    // Faults that a model draws from the project's fixes are mutants here, too; text that stands nowhere is none.
    const faults = [
      { search: "s/\\s+/-/g", replace: "s/\\s+/-/", why: "only the first blank" },
      { search: "my $nothing", replace: "", why: "" },
    ];
    const more = { when: { includes: "You know how code breaks" }, json: { faults } };
    const whole = { answers: [more, ...(script.answers ?? [])] };
    const data = await generate(root, whole, ["--language", "perl", ...command, "Slug.pm"]);
    expect(data.suite).toMatchObject({ tests: 1, files: ["tests/regoose/slug_regoose_test.pm"] });
    expect(data.models).toMatchObject({ faults: { kept: 1, dropped: 1 } });
    const { cards, mutants } = await readProof(root);
    expect(cards[0]?.mutants).toBe("patch");
    expect(mutants.map(({ mutator }) => mutator)).toContain("patch:agent");
    await expectHeld(root, command);
    // The proof names no command, and the project's own file may not either.
    await writeFile(join(root, "regoose.config.yaml"), 'testCommand: "perl -I. {file}"\n');
    const refused = await run(root, ["verify", "--json"]);
    expect(toEnvelope(refused)).toMatchObject({ ok: false, error: { code: "RGS-2025" } });
  }, 600_000);

  test("a run that was killed while a model was asked goes on to the same suite, and pays for no answer twice", async () => {
    const script = toScript(
      fenced("python", "from fee import fee", "", "def test_small():", "    assert fee(99) == 5"),
    );
    const limits = ["--reruns", "1", "--max-time", MAX_TIME, "--language", "python", "src/fee.py"];
    await using server = await startMockLlm({ clock }, { script });
    const model = ["--provider", "local", "--base-url", `${server.url}/v1`, "--model", "mock"];
    const args = ["generate", "--json", ...limits, ...model];
    const wholeRoot = await aFeeProject();
    expect((await run(wholeRoot, args)).code).toBe(0);
    const asked = server.requests.length;
    // The explorer's question never gets its answer.
    server.play({ ...script, faults: [{ fault: "silence", when: { includes: "find changes" } }] });
    const root = await aFeeProject();
    const child = startCli(args, { cwd: root, env: toEnvironment(root) });
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = waitFor(child);
    const read = (from: number): readonly string[] =>
      server.requests.slice(from).map(({ body }) => JSON.stringify(body["messages"]));
    await expect
      .poll(() => read(asked).join("\n"), { timeout: 300_000 })
      .toContain("find changes of behaviour");
    child.kill("SIGKILL");
    await ended;
    const answered = read(asked).filter((text) => !text.includes("find changes of behaviour"));
    const before = server.requests.length;
    server.play(script);
    const resumed = await run(root, ["resume", "--json", ...model]);
    expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
    expect(answered.length).toBeGreaterThan(0);
    expect(read(before).filter((text) => answered.includes(text))).toEqual([]);
    expect(await readSuite(root)).toEqual(await readSuite(wholeRoot));
    const pid = child.pid ?? 0;
    await expect.poll(() => listProcesses(root, pid), { timeout: 5_000 }).toEqual([]);
    expect(listFolders(pid)).toEqual([]);
  }, 600_000);

  test("without a model it is said that only models write tests there", async () => {
    const root = await anExample("python-pricing");
    for (const more of [[], ["--engine", "search"]]) {
      const args = ["generate", "--json", "--language", "python", ...more, "src/pricing.py"];
      const { error } = toEnvelope(await run(root, args));
      expect(error).toMatchObject({ code: "RGS-2020" });
      expect(error?.message).toContain("only models write tests in python");
    }
  });
});
