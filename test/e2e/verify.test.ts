import { readFile, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { VerifyData } from "../../src/app/verify.ts";
import type { ProofFile } from "../../src/contract/proof-card.ts";
import { aProject, hasNamespace, runCli, toEnvelope, type Scratch } from "./support/cli.ts";

const SOURCE =
  "exports.clamp = (n, low, high) => {\n  if (n < low) return low;\n  if (n > high) return high;\n  return n;\n};\n";
const LONG = 120_000;

interface Verified {
  readonly code: number | null;
  readonly data: Partial<VerifyData>;
  readonly error: string | null;
}

describe.skipIf(!hasNamespace())("verify", () => {
  let project: Scratch;
  let proofPath = "";
  let testPath = "";
  let proofText = "";
  let testText = "";

  beforeAll(async () => {
    project = await aProject({ "index.js": SOURCE });
    const generated = await runCli(
      ["generate", "--json", "--seed", "1", "--max-executions", "1500", "--reruns", "1"],
      { cwd: project.root },
    );
    expect(generated.code, generated.stderr).toBe(0);
    const folder = join(project.root, "test", "regoose");
    const name = (await readdir(folder)).find((file) => file.includes(".test."));
    testPath = join(folder, name ?? "");
    proofPath = join(folder, "regoose.proof.json");
    [proofText, testText] = await Promise.all([
      readFile(proofPath, "utf8"),
      readFile(testPath, "utf8"),
    ]);
  }, LONG);
  afterAll(() => project[Symbol.asyncDispose]());

  async function verifyAt(path: string): Promise<Verified> {
    const result = await runCli(["verify", path, "--json"], { cwd: project.root });
    const { data, error } = toEnvelope<VerifyData>(result);
    return { code: result.code, data: data ?? {}, error: error?.name ?? null };
  }

  /** Verifies after a change, and takes the change back. */
  async function after(change: () => Promise<unknown>): Promise<Verified> {
    try {
      await change();
      return await verifyAt(".");
    } finally {
      await writeFile(testPath, testText);
      await writeFile(proofPath, proofText);
    }
  }

  test(
    "agrees with a suite as written, by its folder too, and through a link",
    async () => {
      const cards = (JSON.parse(proofText) as ProofFile).cards.length;
      expect(await verifyAt(".")).toMatchObject({
        code: 0,
        data: { holds: cards, stale: 0, broken: 0, unproven: [], changedFiles: [] },
      });
      const link = `${project.root}-link`;
      await symlink(project.root, link);
      try {
        expect((await verifyAt(join(link, "test", "regoose"))).data.holds).toBe(cards);
      } finally {
        await rm(link);
      }
    },
    LONG,
  );

  test(
    "finds a test that is gone, and names what no card vouches for",
    async () => {
      const { code, data } = await after(() =>
        writeFile(testPath, testText.replace(/test\("/u, 'test("other: ')),
      );
      expect(code).toBe(3);
      expect(data).toMatchObject({ broken: 1, changedFiles: [expect.stringContaining(".test.")] });
      expect(data.unproven?.[0]).toContain("other: ");
      expect(data.cards?.find(({ verdict }) => verdict === "broken")?.detail).toContain("no test");
    },
    LONG,
  );

  test(
    "finds a file that is gone",
    async () => {
      const { code, data } = await after(() => rename(testPath, `${testPath}.away`));
      await rm(`${testPath}.away`);
      expect(code).toBe(3);
      expect(data).toMatchObject({ holds: 0, broken: data.cards?.length });
    },
    LONG,
  );

  test(
    "finds cards that claim more than their tests do",
    async () => {
      const proof = JSON.parse(proofText) as ProofFile;
      const kills = [...new Set(proof.cards.flatMap((card) => card.kills))];
      const forged = { ...proof, cards: proof.cards.map((card) => ({ ...card, kills })) };
      const { code, data } = await after(() => writeFile(proofPath, JSON.stringify(forged)));
      expect(code).toBe(3);
      expect(data.broken).toBeGreaterThan(0);
    },
    LONG,
  );

  test.each([
    ["cut off", (text: string) => text.slice(0, 100)],
    ["of another form", () => `{"schema":1}`],
  ])(
    "names a proof file that is %s",
    async (_what, damage) => {
      const { code, error } = await after(() => writeFile(proofPath, damage(proofText)));
      expect({ code, error }).toEqual({ code: 2, error: "ProofDamaged" });
    },
    LONG,
  );

  test(
    "follows no path of a proof file out of the suite",
    async () => {
      const proof = JSON.parse(proofText) as ProofFile;
      const files = { ...proof.files, "../../index.js": "", "a/../b.test.js": "", "": "", "/": "" };
      const forged = JSON.stringify({ ...proof, files });
      const { code, data } = await after(() => writeFile(proofPath, forged));
      expect(code).toBe(0);
      expect(data.changedFiles).toHaveLength(4);
    },
    LONG,
  );
});
