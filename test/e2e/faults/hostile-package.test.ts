import { statSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { GenerateData } from "../../../src/contract/envelope.ts";
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

type Seen = Pick<GenerateData, "notes" | "findings" | "degradations">;

/** One export that does harm, whatever it is called with; and what a run says of it, which it can only say of what it called. */
const ALONE: readonly (readonly [fault: string, source: string, said: (seen: Seen) => void])[] = [
  [
    "F34 eat",
    "const kept = [];\nexports.eat = () => { for (;;) kept.push(new Array(1e6).fill(1.5)); };\n",
    expectLoss,
  ],
  ["F35 spin", "exports.spin = () => { for (;;); };\n", expectWord("spin")],
  [
    "F45 reject",
    'exports.reject = (n) => { Promise.reject(new Error("nobody waits for " + n)); };\n',
    expectWord("reject makes no test: it leaves errors behind that nobody handles"),
  ],
  [
    // Two or three calls reach the cap of the process.
    "F46 leak",
    "const kept = [];\nexports.leak = (n) => { kept.push(new Array(2e7).fill(n + 0.5)); return true; };\n",
    expectLoss,
  ],
];

function expectLoss({ notes }: Seen): void {
  expect(notes.join("\n")).toMatch(/a search process was lost/u);
}

function expectWord(text: string): (seen: Seen) => void {
  return ({ notes, findings, degradations }) => {
    expect(JSON.stringify([notes, findings, degradations])).toContain(text);
  };
}

test.skipIf(!hasNamespace()).each(ALONE)(
  "%s, alone among sound functions: it was called, its process was replaced or its call left out, and they are tested",
  async (fault, harm, said) => {
    const sound = SOURCE.split("\n").filter((line) =>
      HEALTHY.some((name) => line.includes(`exports.${name} `)),
    );
    await using project = await aProject({ "index.js": `${harm}${sound.join("\n")}\n` });
    const args = ["--seed", "1", "--max-executions", "250", "--max-time", "10m", "--reruns", "1"];
    const child = startCli(["generate", "--json", ...args], { cwd: project.root });
    const result = await waitFor(child);
    expect(result.code, result.stdout + result.stderr).toBe(0);
    const { data } = toEnvelope(result);
    said({
      notes: data?.notes ?? [],
      findings: data?.findings ?? [],
      degradations: data?.degradations ?? [],
    });
    const files = (data?.suite?.files ?? []).filter((path) => /\.test\.[cm]?js$/u.test(path));
    const texts = await Promise.all(
      files.map((path) => readFile(join(project.root, path), "utf8")),
    );
    for (const name of HEALTHY) expect(texts.join("\n")).toContain(`${name}(`);
    const [, name = ""] = fault.split(" ");
    // One call that leaks does no harm: where its process still had room, it makes a test like any other.
    if (name !== "leak") expect(texts.join("\n")).not.toMatch(new RegExp(`\\b${name}\\(`, "u"));
    const pid = child.pid ?? 0;
    await expect.poll(() => listProcesses(project.root, pid), { timeout: 10_000 }).toEqual([]);
  },
  400_000,
);
