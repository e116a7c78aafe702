import { execFile, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canReach } from "../../../src/adapters/sandbox/staging.ts";
import { findReasonToSkip } from "../../contract/sandbox/namespace-gate.ts";
import { runAttacks, type AttackOutcome } from "./run-attacks.ts";

const reason = await findReasonToSkip();
const isRoot = process.getuid?.() === 0;
const title = reason === null ? "" : ` (skipped: ${reason})`;
const PLAIN_USER = "61375";

describe.skipIf(reason !== null)(`the attack list at level namespace${title}`, () => {
  test(
    `stops every attack when run ${isRoot ? "by root" : "by a plain user"}`,
    { timeout: 300_000 },
    async () => {
      expectNoBreach(await runAttacks());
    },
  );

  describe.skipIf(!isRoot)("when run by a plain user (root drops to one)", () => {
    let checkout: string;
    beforeAll(async () => {
      checkout = mkdtempSync(join(tmpdir(), "regoose-plain-"));
      await chmod(checkout, 0o755);
      for (const folder of [
        "src/kernel",
        "src/ports",
        "src/adapters",
        "test/integration/sandbox",
      ]) {
        cpSync(join(import.meta.dirname, "../../..", folder), join(checkout, folder), {
          recursive: true,
        });
      }
      spawnSync("chmod", ["-R", "a+rX", checkout]);
    });
    afterAll(() => {
      rmSync(checkout, { recursive: true, force: true });
    });

    test("stops every attack", { timeout: 300_000 }, async () => {
      const node = toReachableNode(checkout);
      const entry = join(checkout, "test/integration/sandbox/attack-main.ts");
      const user = ["--reuid", PLAIN_USER, "--regid", PLAIN_USER, "--clear-groups"];
      const { stdout } = await promisify(execFile)(
        "setpriv",
        [...user, "--inh-caps=-all", "--", node, entry],
        { env: { PATH: "/usr/bin:/bin", HOME: checkout, TMPDIR: "/tmp" }, cwd: checkout },
      );
      expectNoBreach(JSON.parse(stdout) as AttackOutcome[]);
    });
  });
});

function expectNoBreach(outcomes: readonly AttackOutcome[]): void {
  expect(outcomes.filter(({ breach }) => breach !== null)).toEqual([]);
  expect(outcomes.length).toBeGreaterThanOrEqual(22);
}

/** Node under a private home cannot be run by another user: a copy can. */
function toReachableNode(folder: string): string {
  if (canReach(process.execPath)) return process.execPath;
  const copy = join(folder, "node");
  cpSync(process.execPath, copy);
  return copy;
}
