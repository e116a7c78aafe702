import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { WhyData } from "../../src/app/why.ts";
import { aProject, hasNamespace, runCli, startCli, toEnvelope, waitFor } from "./support/cli.ts";
import { expectWholeTrace } from "./support/trace.ts";
import { listFolders, listProcesses, reach } from "./support/watch-run.ts";

const SOURCE = `
exports.parse = (text) => {
  const match = /^(-?\\d+)(px|em|%)$/.exec(text);
  if (match === null) throw new TypeError("not a length");
  return { value: Number(match[1]), unit: match[2] };
};
exports.toText = ({ value, unit }) => \`\${value}\${unit}\`;
`;

/** Moments as the run's own log names them. */
const MOMENTS = ["start prepare", "start propose", "end propose", "start admit"] as const;

describe.skipIf(!hasNamespace())("interruption", () => {
  test.each(MOMENTS)(
    "leaves the project as it was, and nothing running, when stopped at %s",
    async (moment) => {
      await using project = await aProject({ "index.js": SOURCE });
      const child = startCli(["generate", "--json", "--max-time", "60s", "--baseline", "none"], {
        cwd: project.root,
      });
      const ended = waitFor(child);
      await reach(project.root, moment);
      child.kill("SIGINT");
      const result = await ended;
      const { ok, data, error } = toEnvelope(result);
      expect(result.code).toBe(130);
      expect(ok).toBe(false);
      expect(error).toMatchObject({ name: "Interrupted", class: "cancelled" });
      // Before the ground is laid there is nothing to tell.
      if (moment !== "start prepare") expect(data).toMatchObject({ outcome: "cancelled" });
      if (data !== null) expect(error?.runId).toBe(data.runId);
      // A suite that was proven in full may stand; a part of one never does.
      const suite = join(project.root, "test", "regoose");
      expect(existsSync(suite)).toBe((data?.suite?.tests ?? 0) > 0);
      expect(listFolders(child.pid ?? 0)).toEqual([]);
      await expectWholeTrace(project.root);
    },
    60_000,
  );

  test.each([
    ["SIGTERM", 143, "SIGTERM"],
    ["SIGHUP", 129, "terminal was closed"],
  ] as const)(
    "ends on %s with %i, and the run knows by what",
    async (signal, code, cause) => {
      await using project = await aProject({ "index.js": SOURCE });
      const child = startCli(["generate", "--json", "--max-time", "60s"], { cwd: project.root });
      const ended = waitFor(child);
      await reach(project.root, "start propose");
      child.kill(signal);
      expect((await ended).code).toBe(code);
      const asked = await runCli(["why", "--json"], { cwd: project.root });
      const causes = toEnvelope<WhyData>(asked).data?.causes ?? [];
      expect(causes[0]).toMatchObject({ id: "stopped" });
      expect(causes[0]?.summary).toContain(cause);
    },
    180_000,
  );

  test("leaves no sandboxed process behind when it is killed outright", async () => {
    await using project = await aProject({ "index.js": SOURCE });
    const child = startCli(["generate", "--json", "--max-time", "60s"], { cwd: project.root });
    const ended = waitFor(child);
    await reach(project.root, "start propose");
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    child.kill("SIGKILL");
    await ended;
    await expect
      .poll(() => listProcesses(project.root, child.pid ?? 0), { timeout: 5_000 })
      .toEqual([]);
  }, 180_000);
});
