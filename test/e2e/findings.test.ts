import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hasNamespace, runCli, toEnvelope } from "./support/cli.ts";

const EXAMPLE = join(import.meta.dirname, "..", "..", "examples", "money");

/** The defect of the example, and what its author would make of it. */
const DEFECT = "return amounts.reduce((total, amount) => total.add(amount));";
const REPAIR = `if (Array.isArray(amounts) && amounts.length === 0) return new Money(0, "EUR");\n  ${DEFECT}`;

describe.skipIf(!hasNamespace())("the example that holds a defect", () => {
  test("has it reported, and the written suite does not ask for it", async () => {
    const root = await mkdtemp(join(tmpdir(), "regoose-e2e-"));
    try {
      await cp(EXAMPLE, root, { recursive: true });
      // Counted executions: no result depends on how busy the machine is.
      const result = await runCli(
        ["generate", "--json", "--seed", "1", "--max-executions", "5000", "--reruns", "1"],
        { cwd: root },
      );
      const { data } = toEnvelope(result);
      expect(result.code, result.stderr).toBe(0);
      expect(data?.findings?.[0]).toMatchObject({
        kind: "undeclared-exception",
        where: expect.stringMatching(/^src\/money\.ts:\d+$/u) as unknown,
        summary: expect.stringMatching(
          /^sum\(\[\]\) throws TypeError: Reduce of empty/u,
        ) as unknown,
        evidence: {
          test: expect.stringContaining("sum([])") as unknown,
          reproduced: 2,
        },
      });
      expect(data?.suite?.tests).toBeGreaterThan(5);

      expect(runSuite(root)).toEqual({ status: 0, failed: "0" });
      await repair(join(root, "src", "money.ts"));
      expect(runSuite(root)).toEqual({ status: 0, failed: "0" });
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  }, 240_000);
});

async function repair(path: string): Promise<void> {
  const source = await readFile(path, "utf8");
  expect(source).toContain(DEFECT);
  await writeFile(path, source.replace(DEFECT, REPAIR));
}

/** Runs the suite as the user would, in a process of its own. */
function runSuite(root: string): { readonly status: number | null; readonly failed: string } {
  const { status, stdout } = spawnSync(
    process.execPath,
    ["--test", "--test-reporter=tap", "test/regoose/*.test.ts"],
    { cwd: root, encoding: "utf8" },
  );
  return { status, failed: /^# fail (\d+)$/mu.exec(stdout)?.[1] ?? stdout };
}
