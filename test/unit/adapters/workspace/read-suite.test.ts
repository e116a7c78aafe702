import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  readStandingProof,
  readSuiteFiles,
} from "../../../../src/adapters/workspace/read-suite.ts";
import type { ProofFile } from "../../../../src/contract/proof-card.ts";

const PROOF: ProofFile = {
  schema: 1,
  runner: "node",
  sandboxLevel: "namespace",
  sources: {},
  files: {},
  mutants: [],
  cards: [],
};

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "regoose-read-suite-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("a standing proof", () => {
  test("is read", async () => {
    await writeFile(join(folder, "regoose.proof.json"), JSON.stringify(PROOF));
    expect(await readStandingProof(folder)).toEqual(PROOF);
  });

  test("may be missing, and so may its folder", async () => {
    expect(await readStandingProof(folder)).toBeNull();
    expect(await readStandingProof(join(folder, "gone"))).toBeNull();
    await writeFile(join(folder, "file"), "");
    expect(await readStandingProof(join(folder, "file"))).toBeNull();
  });

  test.each([
    ["is cut off", `{"schema":1,`, /JSON/u],
    ["is empty", "", /JSON/u],
    ["is something else", "[]", /expected object/u],
    ["is of a later version", JSON.stringify({ ...PROOF, schema: 2 }), /schema: /u],
    ["lacks a part", JSON.stringify({ ...PROOF, cards: undefined }), /cards: /u],
    ["holds a broken card", JSON.stringify({ ...PROOF, cards: [{}] }), /cards\.0\.id: /u],
  ])("that %s is named as damaged", async (_what, text, reason) => {
    await writeFile(join(folder, "regoose.proof.json"), text);
    await expect(readStandingProof(folder)).rejects.toMatchObject({
      code: "RGS-3012",
      name: "ProofDamaged",
      message: expect.stringMatching(reason) as unknown,
    });
  });

  test("that is a folder is named as damaged", async () => {
    await mkdir(join(folder, "regoose.proof.json"));
    await expect(readStandingProof(folder)).rejects.toMatchObject({ code: "RGS-3012" });
  });
});

test("files of a suite are read, and nothing outside it", async () => {
  const suite = join(folder, "regoose");
  await mkdir(join(suite, "sub"), { recursive: true });
  await writeFile(join(folder, "outside.js"), "outside");
  await writeFile(join(suite, "a.test.js"), "a");
  await writeFile(join(suite, "sub", "b.test.js"), "b");
  await writeFile(join(suite, "regoose.proof.json"), "{}");
  const asked = [
    "a.test.js",
    "sub/b.test.js",
    "gone.test.js",
    "sub",
    "",
    ".",
    "..",
    "../outside.js",
    "sub/../a.test.js",
    "./a.test.js",
    "sub//b.test.js",
    join(folder, "outside.js"),
    "a.test.js\0",
    "regoose.proof.json",
  ];
  expect(await readSuiteFiles(suite, asked)).toEqual({ "a.test.js": "a", "sub/b.test.js": "b" });
});
