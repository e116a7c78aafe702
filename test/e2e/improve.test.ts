import { execFileSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ScriptInput } from "../../src/adapters/mock-llm/script.ts";
import { startMockLlm } from "../../src/adapters/mock-llm/start-mock-llm.ts";
import type { ImproveData } from "../../src/contract/improve.ts";
import { createSystemClock } from "../../src/kernel/clock.ts";
import { type CliResult, hasNamespace, runCli, startCli, toEnvelope, waitFor } from "./support/cli.ts";
import {
  anImprovable,
  EDITOR,
  FLAT,
  type Improvable,
  MENDED,
  PLAN,
  RIGHT,
  SOURCE,
  WRONG,
} from "./support/improvable.ts";

const clock = createSystemClock();
const GOAL = ["--goal", "flatten the branches", "--max-executions", "300", "--reruns", "1"];
const LOCAL = ["--provider", "local"];

const script = (...texts: readonly string[]): ScriptInput => ({
  answers: [PLAN, ...texts.map((text) => ({ when: EDITOR, text, times: 1 }))],
});

const run = (project: Improvable, args: readonly string[]): Promise<CliResult> =>
  runCli(args, { cwd: project.root, env: project.env });

const improve = (project: Improvable, ...args: readonly string[]): Promise<CliResult> =>
  run(project, ["improve", "--json", ...GOAL, ...LOCAL, ...args]);

function toData(result: CliResult): ImproveData {
  const { data } = toEnvelope<ImproveData>(result);
  expect(data, `${result.stdout.slice(0, 3000)}${result.stderr}`).not.toBeNull();
  return data as ImproveData;
}

const sourceOf = ({ root }: Improvable): Promise<string> =>
  readFile(join(root, "src/grade.js"), "utf8");

describe.skipIf(!hasNamespace())("improve", { timeout: 240_000 }, () => {
  test("mends what tests of the old behaviour refuse, writes with --yes, and takes it back", async () => {
    await using server = await startMockLlm({ clock }, { script: script(WRONG, MENDED) });
    await using project = await anImprovable(server);
    const result = await improve(project, "--yes");
    expect(result.code, result.stdout + result.stderr).toBe(0);
    const data = toData(result);
    expect(data).toMatchObject({
      outcome: "succeeded",
      ended: "converged",
      iterations: 2,
      isApplied: true,
      files: [{ path: "src/grade.js", kind: "modified" }],
      validation: { types: "none", existingTests: 1, changedVerdicts: [] },
      models: { calls: 3 },
      failures: [],
    });
    expect(data.validation.characterisationTests).toBeGreaterThan(0);
    expect(await sourceOf(project)).toBe(FLAT);
    // The second question of the editor names the test that was red.
    expect(JSON.stringify(server.requests[2]?.body)).toContain("a test of what the code did before");
    expect(await readdir(project.root)).toEqual([".regoose", "package.json", "src", "test"]);

    const replayed = await run(project, ["runs", "replay", "--json"]);
    expect(toData(replayed)).toEqual(data);
    const why = await run(project, ["why", "--json"]);
    expect(toEnvelope<{ readonly causes: readonly { readonly id: string }[] }>(why).data).toMatchObject({
      causes: [{ id: "all-well" }],
    });
    const undone = await run(project, ["improve", "--json", "--undo", "latest"]);
    expect(toEnvelope(undone).data).toMatchObject({ state: "undone", files: ["src/grade.js"] });
    expect(await sourceOf(project)).toBe(SOURCE);
    const twice = await run(project, ["improve", "--json", "--undo", "latest"]);
    expect(toEnvelope(twice)).toMatchObject({ error: { code: "RGS-3105" } });
  });
});
