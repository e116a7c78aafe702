import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aProject, hasNamespace, runCli, toEnvelope } from "./support/cli.ts";

const SOURCE = `
exports.range = (from, to, step = 1) => {
  if (![from, to, step].every(Number.isInteger)) throw new TypeError("not an integer");
  if (step === 0) throw new RangeError("step must not be zero");
  const items = [];
  for (let at = from; step > 0 ? at < to : at > to; at += step) items.push(at);
  return items;
};
exports.Stack = class Stack {
  constructor(items = []) { this.items = [...items]; }
  push(item) { this.items.push(item); return this; }
  pop() { return this.items.pop(); }
  get size() { return this.items.length; }
};
`;

async function generate(workers: number): Promise<Readonly<Record<string, string>>> {
  await using project = await aProject({ "index.js": SOURCE });
  const result = await runCli(
    [
      "generate",
      "--json",
      "--seed",
      "11",
      "--max-executions",
      "3000",
      "--workers",
      String(workers),
    ],
    { cwd: project.root },
  );
  const { data } = toEnvelope(result);
  expect(result.code, result.stderr).toBe(0);
  expect(data?.reproducible).toBe(true);
  const folder = join(project.root, "test", "regoose");
  const names = (await readdir(folder)).sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const),
    ),
  );
}

describe.skipIf(!hasNamespace())("reproducible runs", () => {
  test("write the same bytes twice, on one worker and on two", async () => {
    const first = await generate(1);
    expect(Object.keys(first)).toContain("regoose.proof.json");
    expect(await generate(1)).toEqual(first);
    expect(await generate(2)).toEqual(first);
  }, 180_000);
});
