import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { WhyData } from "../../src/app/why.ts";
import { aProject, hasNamespace, runCli, startCli, toEnvelope, waitFor } from "./support/cli.ts";
import { expectWholeTrace } from "./support/trace.ts";
import { listFolders, listProcesses, reach } from "./support/watch-run.ts";

const FILES = {
  "index.js": `
exports.parse = (text) => {
  const match = /^(-?\\d+)(px|em|%)$/.exec(text);
  if (match === null) throw new TypeError("not a length");
  return { value: Number(match[1]), unit: match[2] };
};
exports.toText = ({ value, unit }) => \`\${value}\${unit}\`;
`,
  "test/own.test.js": `
const { test } = require("node:test");
test("holds", () => undefined);
`,
};
const MANIFEST = { scripts: { test: "node --test" } };
// Bounded by work and not by time, so that a busy machine comes to something to write, too.
const WORK = ["--seed", "1", "--max-executions", "300", "--max-time", "10m"];
const GENERATE = ["generate", "--json", ...WORK, "--reruns", "1"];

/** Steps as the run's own log names them. */
const STEPS = ["prepare", "baseline", "propose", "admit", "write"] as const;
const SIGNALS = [
  ["SIGINT", 130, "SIGINT"],
  ["SIGTERM", 143, "SIGTERM"],
  ["SIGHUP", 129, "terminal was closed"],
] as const;
const CASES = STEPS.filter((step) => step !== "write").flatMap((step) =>
  SIGNALS.map((signal) => [step, ...signal] as const),
);

/** The command, which gets its signals as soon as the step has begun. */
function startAt(root: string, step: string, signals: string): ChildProcess {
  const preload = join(import.meta.dirname, "support", "at-step.ts");
  const env = { NODE_OPTIONS: `--import ${preload}`, AT_STEP: step, AT_DO: signals };
  return startCli(GENERATE, { cwd: root, env });
}

describe.skipIf(!hasNamespace())("interruption (F43)", () => {
  test.each(CASES)(
    "in %s by %s ends with %i and leaves the project as it was, and nothing running",
    async (step, signal, code, cause) => {
      await using project = await aProject(FILES, MANIFEST);
      const child = startAt(project.root, step, signal);
      const result = await waitFor(child);
      const { ok, data, error } = toEnvelope(result);
      expect(result.code).toBe(code);
      expect(ok).toBe(false);
      expect(error).toMatchObject({ name: "Interrupted", class: "cancelled" });
      // Before the ground is laid there is nothing to tell.
      if (step !== "prepare") expect(data).toMatchObject({ outcome: "cancelled" });
      if (data !== null) expect(error?.runId).toBe(data.runId);
      // A suite that was proven in full may stand; a part of one never does.
      const suite = join(project.root, "test", "regoose");
      expect(existsSync(suite)).toBe((data?.suite?.tests ?? 0) > 0);
      expect(listFolders(child.pid ?? 0)).toEqual([]);
      await expectWholeTrace(project.root);
      const asked = await runCli(["why", "--json"], { cwd: project.root });
      const [first] = toEnvelope<WhyData>(asked).data?.causes ?? [];
      expect(first).toMatchObject({ id: "stopped" });
      expect(first?.summary).toContain(cause);
    },
    180_000,
  );

  test.each(SIGNALS)(
    "in write by %s lets the last step end, since all is proven: 0, and a whole suite",
    async (signal) => {
      await using project = await aProject(FILES, MANIFEST);
      const child = startAt(project.root, "write", signal);
      const result = await waitFor(child);
      expect(result.code, result.stdout + result.stderr).toBe(0);
      const { suite } = toEnvelope(result).data ?? {};
      expect(suite?.tests).toBeGreaterThan(0);
      for (const file of suite?.files ?? [])
        expect(existsSync(join(project.root, file))).toBe(true);
      expect(listFolders(child.pid ?? 0)).toEqual([]);
      await expectWholeTrace(project.root);
    },
    180_000,
  );

  test.each(STEPS)(
    "in %s a second Ctrl-C ends the command at once, and leaves nothing running",
    async (step) => {
      await using project = await aProject(FILES, MANIFEST);
      const child = startAt(project.root, step, "SIGINT SIGINT");
      const result = await waitFor(child);
      // In the last milliseconds of a process Node has let go of its signals; for a shell both are 130.
      expect(child.signalCode === "SIGINT" || result.code === 130).toBe(true);
      const { error } = toEnvelope(result);
      expect(error).toMatchObject({ code: "RGS-1300", name: "Interrupted" });
      // The step is held until then, so that it was this one that was cut.
      expect(error?.message).toContain("a second signal came");
      const pid = child.pid ?? 0;
      await expect.poll(() => listProcesses(project.root, pid), { timeout: 10_000 }).toEqual([]);
      expect(listFolders(pid)).toEqual([]);
      expect(existsSync(join(project.root, "test", "regoose"))).toBe(false);
      // The project is free for the next command.
      const looked = await runCli(["runs", "list", "--json"], { cwd: project.root });
      expect(looked.code).toBe(0);
    },
    180_000,
  );

  test("leaves no sandboxed process behind when it is killed outright", async () => {
    await using project = await aProject(FILES, MANIFEST);
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
