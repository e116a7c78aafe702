import { statSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aProject, hasNamespace, startCli, toEnvelope, waitFor } from "../support/cli.ts";
import { listProcesses } from "../support/watch-run.ts";
import { fingerprint } from "../support/tree.ts";

/** Each export does one thing that a package must not do; the last two are what is to be tested. */
const SOURCE = `
const fs = require("node:fs");
const kept = [];
exports.eat = () => { for (;;) kept.push(new Array(1e6).fill(Math.random())); };
exports.leak = (n) => { kept.push(new Array(2e6).fill(n)); return kept.length > 0; };
exports.spin = () => { for (;;); };
exports.fork = () => { const { spawn } = process.getBuiltinModule("child_process"); for (;;) spawn("sleep", ["600"], { detached: true, stdio: "ignore" }).unref(); };
exports.fill = () => { for (let n = 0; ; n += 1) fs.writeFileSync("fill-" + n, Buffer.alloc(1 << 20, 1)); };
exports.shout = () => { for (let n = 0; n < 1e6; n += 1) fs.writeSync(1, n + "\\n"); };
exports.stay = () => { process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); };
exports.damage = () => {
  for (const path of [process.env.HOME + "/keep.txt", "/dev/null", "/etc/hostname"]) {
    try { fs.rmSync(path, { force: true }); fs.writeFileSync(path, "damaged"); } catch {}
  }
};
exports.reject = (n) => { Promise.reject(new Error("nobody waits for " + n)); };
exports.double = (n) => n * 2;
exports.sign = (n) => (n < 0 ? "minus" : n > 0 ? "plus" : "none");
`;

const HEALTHY = ["double", "sign"];

test.skipIf(!hasNamespace())(
  "F34–F40, F45, F46: a package that does everything wrong is searched to the end, and its sound functions are tested",
  async () => {
    await using project = await aProject({ "index.js": SOURCE });
    const around = await mkdtemp(join(tmpdir(), "regoose-around-"));
    const [home, temp] = [join(around, "home"), join(around, "temp")];
    try {
      await mkdir(home);
      await mkdir(temp);
      await writeFile(join(home, "keep.txt"), "kept");
      const before = [await fingerprint(home), statSync("/dev/null").rdev];
      const child = startCli(
        ["generate", "--json", "--seed", "1", "--max-executions", "250", "--reruns", "1"],
        { cwd: project.root, env: { HOME: home, TMPDIR: temp } },
      );
      const result = await waitFor(child);
      expect(result.code, result.stdout + result.stderr).toBe(0);
      const { data } = toEnvelope(result);
      // Without this the rest would show nothing.
      expect(data?.notes?.join("\n")).toMatch(/search process was lost/u);
      const files = data?.suite?.files ?? [];
      const texts = await Promise.all(
        files
          .filter((path) => /\.test\.[cm]?js$/u.test(path))
          .map((path) => readFile(join(project.root, path), "utf8")),
      );
      for (const name of HEALTHY) expect(texts.join("\n")).toContain(name);
      expect([await fingerprint(home), statSync("/dev/null").rdev]).toEqual(before);
      await expect
        .poll(() => listProcesses(project.root, child.pid ?? 0), { timeout: 5_000 })
        .toEqual([]);
      const left = (await readdir(temp)).filter((name) => name !== "node-compile-cache");
      // An empty folder of the ledger, which is there for the next run.
      const inside = await Promise.all(left.map((name) => readdir(join(temp, name))));
      expect(inside.flat()).toEqual([]);
    } finally {
      await rm(around, { recursive: true, force: true });
    }
  },
  150_000,
);
