import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  PROOF_FILE,
  openSuiteFolder,
  readProof,
} from "../../../../src/adapters/workspace/suite-folder.ts";
import { isOwnerAlive, toProcessOwner } from "../../../../src/adapters/process-owner.ts";
import type { ProofFile } from "../../../../src/contract/proof-card.ts";
import { sha256 } from "../../../../src/kernel/hash.ts";

let home = "";
let folder = "";

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "regoose-suite-test-"));
  folder = join(home, "test", "regoose");
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

function aSuite(files: Readonly<Record<string, string>>): Record<string, string> {
  const proof: ProofFile = {
    schema: 1,
    runner: "node",
    sandboxLevel: "namespace",
    sources: {},
    files: Object.fromEntries(
      Object.entries(files).map(([path, content]) => [path, sha256(content)]),
    ),
    mutants: [],
    cards: [],
  };
  return { ...files, [PROOF_FILE]: JSON.stringify(proof) };
}

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  await using suite = await openSuiteFolder(folder);
  await suite.replace(aSuite(files));
}

describe("suite folder", () => {
  test("writes a suite and leaves no lock or staging behind", async () => {
    await write({ "a.test.js": "one", "deep/b.test.js": "two" });
    expect(await readFile(join(folder, "deep", "b.test.js"), "utf8")).toBe("two");
    expect(await readdir(join(home, "test"))).toEqual(["regoose"]);
    expect((await readProof(folder))?.files).toHaveProperty("a.test.js");
  });

  test("replaces generated files and keeps the user's own", async () => {
    await write({ "old.test.js": "one" });
    await writeFile(join(folder, "mine.test.js"), "hand-written");
    await write({ "new.test.js": "two" });
    expect((await readdir(folder)).sort()).toEqual(["mine.test.js", "new.test.js", PROOF_FILE]);
    expect(await readFile(join(folder, "mine.test.js"), "utf8")).toBe("hand-written");
  });

  test("names a generated file that was edited by hand, and changes nothing", async () => {
    await write({ "a.test.js": "one" });
    await writeFile(join(folder, "a.test.js"), "edited");
    await expect(openSuiteFolder(folder)).rejects.toMatchObject({
      code: "RGS-3002",
      message: expect.stringContaining("a.test.js") as string,
    });
    expect(await readFile(join(folder, "a.test.js"), "utf8")).toBe("edited");
    expect(existsSync(join(home, "test", ".regoose.regoose-lock"))).toBe(false);
  });

  test("never overwrites a file of the user's with the same name", async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "a.test.js"), "hand-written");
    await expect(write({ "a.test.js": "generated" })).rejects.toMatchObject({ code: "RGS-3002" });
    expect(await readFile(join(folder, "a.test.js"), "utf8")).toBe("hand-written");
  });

  test("names the process that holds the folder", async () => {
    await using first = await openSuiteFolder(folder);
    expect(first.proof).toBeNull();
    await expect(openSuiteFolder(folder)).rejects.toMatchObject({
      code: "RGS-3001",
      message: expect.stringContaining(String(process.pid)) as string,
    });
  });

  test("takes over the lock of a dead process", async () => {
    await mkdir(join(home, "test"), { recursive: true });
    await writeFile(join(home, "test", ".regoose.regoose-lock"), "999999999:1");
    await write({ "a.test.js": "one" });
    expect(existsSync(join(folder, "a.test.js"))).toBe(true);
  });

  test("lets exactly one of many contenders in", async () => {
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, () => openSuiteFolder(folder)),
    );
    expect(attempts.filter((attempt) => attempt.status === "fulfilled")).toHaveLength(1);
  });

  test("repairs a swap that was cut between its two renames", async () => {
    await write({ "a.test.js": "one" });
    await rename(folder, join(home, "test", ".regoose.regoose-retired"));
    await mkdir(join(home, "test", ".regoose.regoose-staged"));
    await using suite = await openSuiteFolder(folder);
    expect(suite.proof?.files).toHaveProperty("a.test.js");
    expect(await readdir(join(home, "test"))).toEqual([".regoose.regoose-lock", "regoose"]);
  });

  test("removes what a finished swap left over", async () => {
    await write({ "a.test.js": "one" });
    await mkdir(join(home, "test", ".regoose.regoose-retired"));
    await write({ "b.test.js": "two" });
    expect(await readdir(join(home, "test"))).toEqual(["regoose"]);
  });

  test("reads an unreadable or foreign proof as none", async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, PROOF_FILE), "{");
    expect(await readProof(folder)).toBeNull();
    await writeFile(join(folder, PROOF_FILE), JSON.stringify({ schema: 9 }));
    expect(await readProof(folder)).toBeNull();
  });

  test("says what to do when the folder cannot be made", async () => {
    const file = join(home, "plain");
    await writeFile(file, "");
    await expect(openSuiteFolder(join(file, "test", "regoose"))).rejects.toMatchObject({
      code: "RGS-3003",
    });
    await chmod(home, 0o700);
  });
});

describe("process owner", () => {
  test("is alive for this process and for what cannot be read", () => {
    expect(isOwnerAlive(toProcessOwner())).toBe(true);
    expect(isOwnerAlive("nonsense")).toBe(true);
    expect(isOwnerAlive(`${process.pid}:0`)).toBe(true);
  });

  test("is dead for a missing pid and for a reused one", () => {
    expect(isOwnerAlive("999999999:1")).toBe(false);
    expect(isOwnerAlive(`${process.pid}:1`)).toBe(process.platform !== "linux");
  });
});
