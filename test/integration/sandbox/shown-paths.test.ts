import { execFile } from "node:child_process";
import {
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBubblewrapBackend } from "../../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import type { SandboxResult, SandboxSpec } from "../../../src/ports/sandbox.ts";
import { findReasonToSkip } from "../../contract/sandbox/namespace-gate.ts";
import { ATTACK_LIMITS } from "./attack-list.ts";

const reason = await findReasonToSkip();
const backend = createBubblewrapBackend({ clock: createSystemClock() });

let home: string;
beforeEach(() => {
  // As a private home: nobody but its owner gets through.
  home = mkdtempSync(join(tmpdir(), "regoose-private-"));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

describe.skipIf(reason !== null)(`bubblewrap and private folders ${reason ?? ""}`, () => {
  test("shows a project under a private home without changing it", async () => {
    const layer = join(home, "layer");
    const modules = join(home, "node_modules");
    mkdirSync(layer);
    mkdirSync(modules);
    writeFileSync(join(layer, "a.txt"), "layer ", { mode: 0o600 });
    writeFileSync(join(modules, "b.txt"), "dependency ", { mode: 0o644 });
    writeFileSync(join(home, "c.txt"), "mount", { mode: 0o600 });
    const before = [layer, join(layer, "a.txt"), modules].map((path) => toFingerprint(path));
    const result = await run(
      {
        layers: [layer],
        dependencies: [{ hostPath: modules, levelsUp: 0 }],
        mounts: [{ hostPath: join(home, "c.txt"), name: "c.txt" }],
      },
      "cat a.txt node_modules/b.txt /regoose/c.txt; rm -rf a.txt node_modules/b.txt",
    );
    expect(result.stdout).toBe("layer dependency mount");
    const after = [layer, join(layer, "a.txt"), modules].map((path) => toFingerprint(path));
    expect(after).toEqual(before);
  });

  test("nests the work copy below dependency folders several levels up", async () => {
    const dependencies = [0, 1, 2, 3].map((levelsUp) => {
      const hostPath = join(home, `level${levelsUp}`);
      mkdirSync(join(hostPath, `m${levelsUp}`), { recursive: true });
      writeFileSync(join(hostPath, `m${levelsUp}/index.js`), `module.exports = ${levelsUp}`);
      return { hostPath, levelsUp };
    });
    const result = await run(
      { dependencies },
      "node -e \"console.log([0,1,2,3].map((n) => require('m' + n)).join())\"",
    );
    expect(result.stdout).toBe("0,1,2,3\n");
  });

  test("names a work copy that is too small, as a failed set-up", async () => {
    const layer = join(home, "layer");
    mkdirSync(layer);
    writeFileSync(join(layer, "big"), Buffer.alloc(ATTACK_LIMITS.workBytes));
    await expect(run({ layers: [layer] }, "true")).rejects.toMatchObject({
      code: "RGS-7002",
      hint: expect.stringContaining("disk limit") as string,
    });
  });

  test("keeps descriptors out that this process inherited open", async () => {
    const secret = join(home, "secret.txt");
    writeFileSync(secret, "inherited-secret");
    const descriptor = openSync(secret, "r");
    const program = `
      import { createBubblewrapBackend } from ${JSON.stringify(new URL("../../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts", import.meta.url).href)};
      import { createSystemClock } from ${JSON.stringify(new URL("../../../src/kernel/clock.ts", import.meta.url).href)};
      const backend = createBubblewrapBackend({ clock: createSystemClock() });
      const box = await backend.create({ layers: [], dependencies: [], mounts: [], limits: ${JSON.stringify(ATTACK_LIMITS)} });
      const result = await box.run(
        { argv: ["/bin/sh", "-c", "cat <&9; cat /proc/self/fd/9; echo done"], env: {}, timeoutMs: 60000, collect: [], collectBytes: 0 },
        { signal: new AbortController().signal },
      );
      console.log(JSON.stringify(result.stdout));`;
    // The shell opens descriptor 9 without close-on-exec, as careless CI agents do.
    const { stdout } = await promisify(execFile)("/bin/sh", [
      "-c",
      'exec 9<"$1"; exec "$2" --input-type=module -e "$3"',
      "sh",
      secret,
      process.execPath,
      program,
    ]);
    closeSync(descriptor);
    expect(stdout.trim()).toBe('"done\\n"');
  });

  test("passes over a named pipe left in place of a report", async () => {
    const result = await run({}, "mkfifo report; true", ["report"]);
    expect(result.end).toEqual({ kind: "exited", code: 0 });
    expect(result.files.size).toBe(0);
  });
});

async function run(
  spec: Partial<SandboxSpec>,
  script: string,
  collect: readonly string[] = [],
): Promise<SandboxResult> {
  const sandbox = await backend.create({
    layers: [],
    dependencies: [],
    mounts: [],
    limits: ATTACK_LIMITS,
    ...spec,
  });
  try {
    return await sandbox.run(
      { argv: ["/bin/sh", "-c", script], env: {}, timeoutMs: 60_000, collect, collectBytes: 64 },
      { signal: new AbortController().signal },
    );
  } finally {
    await sandbox[Symbol.asyncDispose]();
  }
}

function toFingerprint(path: string): unknown {
  const { mode, uid, gid, size, mtimeMs, nlink, ino } = lstatSync(path);
  return { mode, uid, gid, size, mtimeMs, nlink, ino };
}
