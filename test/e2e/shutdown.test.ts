import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aProject, hasNamespace, runCli, startCli, toEnvelope, waitFor } from "./support/cli.ts";
import { listFolders, listProcesses, reach } from "./support/watch-run.ts";

// No input is found for the last one, so that the search uses the time it has.
const FILES = {
  "index.js": `
exports.parse = (text) => {
  const match = /^(-?\\d+)(px|em|%)$/.exec(text);
  if (match === null) throw new TypeError("not a length");
  return { value: Number(match[1]), unit: match[2] };
};
exports.open = (key) => { if (key * 7919 === 104729 * 3571) return "open"; };
`,
  "test/own.test.js": `
const { test } = require("node:test");
test("takes its time", () => new Promise((resolve) => setTimeout(resolve, 1500)));
`,
};
const MANIFEST = { scripts: { test: "node --test" } };
const GENERATE = ["generate", "--json", "--max-time", "20s", "--reruns", "1"];

/** Steps in which there is something to wait for; `interrupt.test.ts` cuts all of them short. */
const STAGES = ["baseline", "propose"] as const;

describe.skipIf(!hasNamespace())("a second Ctrl-C", () => {
  test.each(STAGES)(
    "ends the command at once and leaves nothing running in %s",
    async (stage) => {
      await using project = await aProject(FILES, MANIFEST);
      const child = startCli(GENERATE, { cwd: project.root });
      const pid = child.pid ?? 0;
      const ended = waitFor(child);
      await reach(project.root, `start ${stage}`);
      child.kill("SIGINT");
      await sleep(300);
      child.kill("SIGINT");
      const secondMs = performance.now();
      const result = await ended;
      // A stop in good order may take 25 s; at once means that nothing is waited for but what V8 writes of coverage.
      expect(performance.now() - secondMs).toBeLessThan(5_000);
      // In the last milliseconds of a process Node has let go of its signals; for a shell both are 130.
      expect(child.signalCode === "SIGINT" || result.code === 130).toBe(true);
      expect(toEnvelope(result).error).toMatchObject({ code: "RGS-1300", name: "Interrupted" });
      await expect.poll(() => listProcesses(project.root, pid), { timeout: 2_000 }).toEqual([]);
      expect(listFolders(pid)).toEqual([]);
      // The project is free for the next command.
      const looked = await runCli(["runs", "list", "--json"], { cwd: project.root });
      expect(looked.code).toBe(0);
    },
    120_000,
  );
});

describe.skipIf(!hasNamespace())("a step that does not heed its signal", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "is cut at the limit, which %s starts",
    async (signal, code) => {
      await using project = await aProject(FILES, MANIFEST);
      const preload = `--import ${join(import.meta.dirname, "support", "hang-at-copy.ts")}`;
      const child = startCli(GENERATE, { cwd: project.root, env: { NODE_OPTIONS: preload } });
      const ended = waitFor(child);
      await reach(project.root, "start prepare");
      await sleep(500);
      child.kill(signal);
      const result = await ended;
      expect(result.code).toBe(code);
      const { error } = toEnvelope(result);
      expect(error?.message).toContain("did not stop within 25 s");
      expect(error?.hint).toContain("regoose resume");
      expect(listFolders(child.pid ?? 0)).toEqual([]);
    },
    60_000,
  );
});
