import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBubblewrapBackend } from "../../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import { createGuardedBackend } from "../../../src/adapters/sandbox/guarded/guarded-backend.ts";
import { selectSandbox } from "../../../src/adapters/sandbox/select-sandbox.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import type { SandboxLimits } from "../../../src/ports/sandbox.ts";
import { findReasonToSkip } from "../../contract/sandbox/namespace-gate.ts";

const clock = createSystemClock();
const reason = await findReasonToSkip();
const NEVER = { signal: new AbortController().signal };
const LIMITS: SandboxLimits = {
  memoryBytes: 2 ** 30,
  totalMemoryBytes: 2 ** 30,
  processes: 64,
  fileBytes: 2 ** 20,
  workBytes: 2 ** 24,
  outputBytes: 2 ** 16,
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "regoose-probes-"));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

test.skipIf(reason !== null)("bubblewrap measures that everything is closed", async () => {
  const probe = await createBubblewrapBackend({ clock }).probe();
  expect(probe).toMatchObject({ isAvailable: true, level: "namespace", problem: null, fix: null });
  expect(probe.facts).toEqual(
    expect.arrayContaining([
      "network: blocked",
      "host files: hidden",
      "environment: scrubbed",
      "writes outside the work copy: denied",
      "memory of a process: capped",
      "processes: capped",
      "user namespaces: denied",
      "wall timer: kills",
      "after the end: nothing left",
    ]),
  );
  expect(probe.facts.find((fact) => fact.startsWith("total memory: "))).toMatch(
    /capped by cgroup v[12]|not capped/u,
  );
});

test.skipIf(reason !== null)("auto takes bubblewrap where it works", async () => {
  expect((await selectSandbox({ clock }, { requested: "auto" })).probe.level).toBe("namespace");
});

test("guarded measures what it stops, and says what it is not", async () => {
  const { backend, probe } = await selectSandbox({ clock }, { requested: "guarded" });
  expect([backend.level, probe.isAvailable]).toEqual(["guarded", true]);
  expect(probe.facts).toEqual(
    expect.arrayContaining([
      "strength: stops accidents, not attacks",
      "network: sockets stubbed",
      "host files: denied by Node's permission model",
      "writes outside the work copy: denied",
    ]),
  );
});

test("guarded works without setpriv and prlimit, and says what that costs", async () => {
  const backend = createGuardedBackend({ clock }, { toolFolders: [root] });
  const probe = await backend.probe();
  expect(probe.isAvailable).toBe(true);
  expect(probe.facts).toContain("memory of a process: not capped (no prlimit)");
  expect(probe.facts).toContain("after the parent's death: ends within 0.5 s unless busy");
});

describe("the guarded level", () => {
  test("runs node alone", async () => {
    const sandbox = await createGuardedBackend({ clock }).create({
      layers: [],
      dependencies: [],
      mounts: [],
      limits: LIMITS,
    });
    const command = { env: {}, timeoutMs: 10_000, collect: [], collectBytes: 0 };
    await expect(
      sandbox.run({ ...command, argv: ["/bin/sh", "-c", "true"] }, NEVER),
    ).rejects.toMatchObject({ code: "RGS-7002" });
    await expect(sandbox.run({ ...command, argv: [] }, NEVER)).rejects.toThrow(/not nothing/u);
    await expect(
      sandbox.run({ ...command, argv: ["node", "--no-such-flag"] }, NEVER),
    ).rejects.toThrow(/bad option/u);
    expect(() => sandbox.pathOf("other")).toThrow(RangeError);
    await sandbox[Symbol.asyncDispose]();
  });

  test("starts no children, workers or addons, and opens no database outside", async () => {
    const sandbox = await createGuardedBackend({ clock }).create({
      layers: [],
      dependencies: [],
      mounts: [],
      limits: LIMITS,
    });
    const source = `
      const attempts = {
        child: () => require("child_process").spawnSync("true"),
        worker: () => new (require("worker_threads").Worker)("0", { eval: true }),
        addon: () => process.dlopen({ exports: {} }, "/x.node"),
        link: () => require("fs").symlinkSync("/etc", "etc"),
        database: () => new (require("node:sqlite").DatabaseSync)(${JSON.stringify(join(root, "db"))}),
        exec: () => process.execve("/bin/true", ["true"], {}),
      };
      for (const [name, attempt] of Object.entries(attempts)) {
        try { attempt(); console.log(name, "OPEN"); } catch (e) { console.log(name, "closed"); }
      }`;
    const { stdout } = await sandbox.run(
      { argv: ["node", "-e", source], env: {}, timeoutMs: 60_000, collect: [], collectBytes: 0 },
      NEVER,
    );
    expect(stdout.trim().split("\n")).toEqual(
      ["child", "worker", "addon", "link", "database", "exec"].map((name) => `${name} closed`),
    );
    await sandbox[Symbol.asyncDispose]();
  });

  test("shows dependencies whatever their folder is called, and names what is missing", async () => {
    const store = join(root, "store");
    mkdirSync(join(store, "dependency"), { recursive: true });
    writeFileSync(join(store, "dependency/index.js"), "module.exports = 'found'");
    const backend = createGuardedBackend({ clock });
    const spec = { layers: [], mounts: [], limits: LIMITS };
    const dependencies = [{ hostPath: store, levelsUp: 0 }];
    const sandbox = await backend.create({ ...spec, dependencies });
    const source =
      "console.log(require('dependency')); import('dependency').then((m) => console.log(m.default))";
    const result = await sandbox.run(
      { argv: ["node", "-e", source], env: {}, timeoutMs: 60_000, collect: [], collectBytes: 0 },
      NEVER,
    );
    expect(result.stdout, result.stderr).toBe("found\nfound\n");
    await sandbox[Symbol.asyncDispose]();
    const missing = [{ hostPath: join(root, "missing"), levelsUp: 0 }];
    await expect(backend.create({ ...spec, dependencies: missing })).rejects.toMatchObject({
      code: "RGS-7002",
    });
  });
});

// Only root gives its user up, and may then not be able to read its own Node.
test.skipIf(process.getuid?.() !== 0 || reason !== null)(
  "a Node under a private home is copied for the dropped user",
  { timeout: 120_000 },
  async () => {
    const folder = join(root, "private");
    mkdirSync(folder, { mode: 0o700 });
    const node = join(folder, "node");
    cpSync(process.execPath, node);
    chmodSync(node, 0o700);
    const original = process.execPath;
    process.execPath = node;
    try {
      for (const backend of [createBubblewrapBackend({ clock }), createGuardedBackend({ clock })]) {
        const sandbox = await backend.create({
          layers: [],
          dependencies: [],
          mounts: [],
          limits: LIMITS,
        });
        const result = await sandbox.run(
          {
            argv: ["node", "-p", "40 + 2"],
            env: {},
            timeoutMs: 60_000,
            collect: [],
            collectBytes: 0,
          },
          NEVER,
        );
        expect(result.stdout, result.stderr).toBe("42\n");
        await sandbox[Symbol.asyncDispose]();
      }
    } finally {
      process.execPath = original;
    }
  },
);
