import { existsSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { startMockLlm } from "../../src/adapters/mock-llm/start-mock-llm.ts";
import { createSystemClock } from "../../src/kernel/clock.ts";
import { hasNamespace, runCli, toEnvelope } from "./support/cli.ts";
import {
  anImprovable,
  EDITOR,
  FLAT,
  type Improvable,
  PLAN,
  RIGHT,
  SOURCE,
} from "./support/improvable.ts";
import { KEYS, openTerminal, type Terminal } from "./support/terminal.ts";

const KEY = "sk-canary-71ab33";
const QUICK = "version: 1\nmaxExecutions: 200\nreruns: 1\n";

const start = ({ root, env }: Improvable, ...args: readonly string[]): Terminal =>
  openTerminal(args, { cwd: root, env });

const userFileOf = ({ env }: Improvable): string =>
  join(env["XDG_CONFIG_HOME"] ?? "", "regoose/config.yaml");

/** Waits for a question and answers it. */
async function answer(
  terminal: Terminal,
  question: string,
  keys: string = KEYS.enter,
): Promise<void> {
  await terminal.see(question);
  terminal.type(keys);
}

describe.skipIf(!hasNamespace())("in a terminal", { timeout: 240_000 }, () => {
  test("setup finds a key by its name, shows two files, and writes them without the key", async () => {
    await using project = await anImprovable();
    const env = { ...project.env, OPENAI_API_KEY: KEY };
    const terminal = openTerminal(["setup"], { cwd: project.root, env });
    await terminal.see("keys in the environment: OPENAI_API_KEY");
    await answer(terminal, "Who writes tests beside the search?", KEYS.down + KEYS.enter);
    await answer(terminal, "Most that one run may cost", `0.50${KEYS.enter}`);
    await answer(terminal, "Write regoose.config.yaml for this project?");
    await answer(terminal, "How long may one run take?", KEYS.down + KEYS.enter);
    await answer(terminal, "Refuse to run where the strong sandbox does not work?", `y`);
    await terminal.see("apiKey: env:OPENAI_API_KEY");
    await answer(terminal, "Write these files?");
    await terminal.see("Next: regoose doctor");
    expect(await terminal.ended).toBe(0);
    const user = userFileOf(project);
    expect(await readFile(user, "utf8")).toMatch(
      /version: 1\nprovider: openai\nproviders:\n {2}openai:\n {4}apiKey: env:OPENAI_API_KEY\nbudgetUsd: 0.5\n$/u,
    );
    expect((await stat(user)).mode & 0o777).toBe(0o600);
    const own = await readFile(join(project.root, "regoose.config.yaml"), "utf8");
    expect(own).toContain("\nmaxTime: 5m\n");
    expect(own).toContain("\nsandbox: namespace\n");
    expect(`${terminal.screen()}${own}${await readFile(user, "utf8")}`).not.toContain(KEY);
    const checked = await runCli(["config", "validate", "--json"], { cwd: project.root, env });
    expect(toEnvelope(checked).data).toMatchObject({ valid: true });
  });

  test("setup shows what it would change in a file that is there, and leaves it without a yes", async () => {
    await using project = await anImprovable();
    const user = userFileOf(project);
    await mkdir(dirname(user), { recursive: true });
    const before = "# mine\nversion: 1\nseed: 3 # lucky\n";
    await writeFile(user, before);
    const ask = async (wish: string): Promise<Terminal> => {
      const terminal = start(project, "setup");
      await answer(terminal, "Who writes tests beside the search?", KEYS.down + KEYS.enter);
      await answer(terminal, "Address of the server");
      await answer(terminal, "Name of the model", `tiny${KEYS.enter}`);
      await answer(terminal, "Write regoose.config.yaml", "n");
      await terminal.see("+    model: tiny");
      await answer(terminal, "Write this file?", wish);
      return terminal;
    };
    const refused = await ask("n");
    await refused.see("Nothing was written.");
    expect(await refused.ended).toBe(0);
    expect(await readFile(user, "utf8")).toBe(before);
    expect(await (await ask("y")).ended).toBe(0);
    const after = await readFile(user, "utf8");
    expect(after.startsWith(before)).toBe(true);
    expect(after).toContain("model: tiny");
    expect(existsSync(join(project.root, "regoose.config.yaml"))).toBe(false);
  });

  test("the menu runs commands until it is left", async () => {
    await using project = await anImprovable(undefined, { "regoose.config.yaml": QUICK });
    const terminal = start(project, "interactive");
    await answer(terminal, "What now?");
    await answer(terminal, "Target: package folder");
    await answer(terminal, "Who proposes tests?");
    await answer(terminal, "Only look, and write nothing?", "n");
    await terminal.see("regoose report");
    // The report of what has just been written.
    await answer(terminal, "What now?", KEYS.down.repeat(3) + KEYS.enter);
    await terminal.see("grades");
    await answer(terminal, "What now?", KEYS.down.repeat(5) + KEYS.enter);
    await terminal.see("tests  .");
    await answer(terminal, "What now?", KEYS.down.repeat(8) + KEYS.enter);
    await terminal.see("Bye.");
    expect(await terminal.ended).toBe(0);
    expect(existsSync(join(project.root, "test/regoose/regoose.proof.json"))).toBe(true);
  });

  test("Ctrl-C leaves the menu, and a question of one of its commands", async () => {
    await using project = await anImprovable();
    const menu = start(project, "interactive");
    await answer(menu, "What now?", KEYS.ctrlC);
    await menu.see("RGS-1300");
    expect(await menu.ended).toBe(130);
    const deeper = start(project, "interactive");
    await answer(deeper, "What now?", KEYS.down.repeat(7) + KEYS.enter);
    await answer(deeper, "Who writes tests beside the search?", KEYS.ctrlC);
    await deeper.see("Left. Nothing more was done.");
    expect(await deeper.ended).toBe(130);
    expect(existsSync(userFileOf(project))).toBe(false);
  });

  test("improve asks before it writes, and --apply asks again later", async () => {
    const script = { answers: [PLAN, { when: EDITOR, text: RIGHT }] };
    await using server = await startMockLlm({ clock: createSystemClock() }, { script });
    await using project = await anImprovable(server);
    const source = join(project.root, "src/grade.js");
    const goal = ["--goal", "flatten", "--provider", "local", "--max-executions", "200"];
    const asked = start(project, "improve", ...goal);
    await asked.see('+  if (points >= 90) return "A";');
    await answer(asked, "Write these changes to 1 file?");
    await asked.see("your files are as they were");
    expect(await asked.ended).toBe(3);
    expect(await readFile(source, "utf8")).toBe(SOURCE);
    const later = start(project, "improve", "--apply", "latest");
    await answer(later, "Write these changes to 1 file?", "y");
    await later.see("written: src/grade.js");
    expect(await later.ended).toBe(0);
    expect(await readFile(source, "utf8")).toBe(FLAT);
  });
});

describe("without a terminal", () => {
  test.each(["setup", "interactive"])("%s says what to type instead", async (command) => {
    await using project = await anImprovable();
    const result = await runCli([command, "--json"], { cwd: project.root, env: project.env });
    expect(result.code).toBe(2);
    expect(toEnvelope(result)).toMatchObject({ ok: false, error: { code: "RGS-2030" } });
  });
});
