import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";

import type { ScriptInput } from "../../src/adapters/mock-llm/script.ts";
import { startMockLlm, type MockLlm } from "../../src/adapters/mock-llm/start-mock-llm.ts";
import type { VerifyData } from "../../src/app/verify.ts";
import { createSystemClock } from "../../src/kernel/clock.ts";
import { hasNamespace, runCliIn, toEnvelope } from "./support/cli.ts";
import { anImprovable, PLAN } from "./support/improvable.ts";
import { aFolder, aTest, fenced, toEnvironment } from "./support/models.ts";

const clock = createSystemClock();
/** A search does not guess the phrase, so a test of a model is the only one that knows it. */
const SOURCE = `const WORDS = { "a-fortnight-of-sundays": 14 };

/** Knows one phrase. */
export function days(phrase) {
  const key = phrase.split("").reverse().join("");
  return WORDS[key] === undefined ? -1 : WORDS[key] + phrase.length - key.length;
}
`;
const SCRIPT: ScriptInput = {
  answers: [
    {
      text: fenced(
        'import assert from "node:assert/strict";\nimport { test } from "node:test";',
        'import { days } from "../../src/index.js";',
        aTest("knows the phrase", 'assert.equal(days("syadnus-fo-thgintrof-a"), 14);'),
      ),
    },
  ],
};

/** A project, a home, and a machine that has no bubblewrap: its file is covered up. */
class Machine {
  root = "";
  home = "";
  server: MockLlm | undefined;

  static async create(server?: MockLlm): Promise<Machine> {
    const machine = new Machine();
    machine.root = await aFolder();
    machine.home = await aFolder();
    machine.server = server;
    await mkdir(join(machine.root, "src"));
    const manifest = { name: "phrases", type: "module", exports: "./src/index.js" };
    await writeFile(join(machine.root, "package.json"), JSON.stringify(manifest));
    await writeFile(join(machine.root, "src/index.js"), SOURCE);
    return machine;
  }

  async run(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<ReturnType<typeof toEnvelope<object>> & { readonly code: number | null }> {
    const { root, home, server } = this;
    const all = { ...toEnvironment({ root, home, args, ...(server && { server }) }), ...env };
    const result = await runCliIn(WITHOUT_BUBBLEWRAP, [...args, "--json"], { cwd: root, env: all });
    return { ...toEnvelope<object>(result), code: result.code };
  }
}

let WITHOUT_BUBBLEWRAP: readonly string[] = [];
beforeAll(() => {
  const { stdout } = spawnSync("sh", ["-c", "command -v bwrap"], { encoding: "utf8" });
  WITHOUT_BUBBLEWRAP = ["--ro-bind", "/dev/null", stdout.trim()];
});

const GENERATE = ["generate", "--max-executions", "60", "--reruns", "1", "--provider", "local"];
const ONLY_MODELS = [...GENERATE, "--engine", "model"];
const REFUSED = {
  code: "RGS-7104",
  name: "ModelCodeNeedsNamespace",
  hint: expect.stringContaining("type --sandbox guarded with this command") as string,
};

describe.skipIf(!hasNamespace())(
  "what a model wrote, without bubblewrap",
  { timeout: 240_000 },
  () => {
    test("is not even asked for, whatever a variable or the user's own file says", async () => {
      await using server = await startMockLlm({ clock }, { script: SCRIPT });
      const machine = await Machine.create(server);
      const plain = await machine.run(ONLY_MODELS);
      expect(plain).toMatchObject({ code: 7, error: REFUSED });
      const byVariable = await machine.run(ONLY_MODELS, { REGOOSE_SANDBOX: "guarded" });
      expect(byVariable).toMatchObject({ code: 7, error: REFUSED });
      await mkdir(join(machine.home, "regoose"));
      await writeFile(join(machine.home, "regoose/config.yaml"), "sandbox: guarded\n");
      expect(await machine.run(ONLY_MODELS)).toMatchObject({ code: 7, error: REFUSED });
      const beside = await machine.run([...GENERATE, "--engine", "auto"]);
      expect(beside).toMatchObject({ code: 0, data: { outcome: "degraded" } });
      expect(JSON.stringify(beside.data)).toContain("type --sandbox guarded to allow it");
      expect(server.requests).toEqual([]);
    });

    test("runs where that was typed, and again only where it is typed again", async () => {
      await using server = await startMockLlm({ clock }, { script: SCRIPT });
      const machine = await Machine.create(server);
      const made = await machine.run([...GENERATE, "--engine", "auto", "--sandbox", "guarded"]);
      expect(made, JSON.stringify(made)).toMatchObject({ code: 0 });
      const guarded = { REGOOSE_SANDBOX: "guarded" };
      expect(await machine.run(["verify"], guarded)).toMatchObject({ code: 7, error: REFUSED });
      const verified = await machine.run(["verify", "--sandbox", "guarded"]);
      expect(verified.code, JSON.stringify(verified)).toBe(0);
      expect((verified.data as VerifyData).cards).toContainEqual(
        expect.objectContaining({ fullTitle: "knows the phrase", verdict: "holds" }),
      );

      // The last proof of a run that goes on.
      await machine.run(["runs", "reset", "--from", "combine"]);
      const resume = ["resume", "latest", "--provider", "local"];
      const refused = await machine.run(resume, guarded);
      expect(refused, JSON.stringify(refused)).toMatchObject({ code: 7, error: REFUSED });
      const resumed = await machine.run([...resume, "--sandbox", "guarded"]);
      expect(resumed, JSON.stringify(resumed)).toMatchObject({ code: 0 });
    });

    test("changes no code", async () => {
      await using server = await startMockLlm({ clock }, { script: { answers: [PLAN] } });
      await using project = await anImprovable(server);
      const args = ["improve", "--json", "--goal", "flatter", "--provider", "local", "--dry-run"];
      const { root, env } = project;
      const options = { cwd: root, env: { ...env, REGOOSE_SANDBOX: "guarded" } };
      const result = await runCliIn(WITHOUT_BUBBLEWRAP, args, options);
      expect({ code: result.code, ...toEnvelope<object>(result) }).toMatchObject({
        code: 7,
        error: REFUSED,
      });
      expect(server.requests).toEqual([]);
    });
  },
);
