import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openAuditLog } from "../../../../src/app/serve/audit-log.ts";

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-audit-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const readNumbers = async (path: string): Promise<readonly number[]> =>
  (await readFile(path, "utf8"))
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { n: number }).n);

test("an audit log keeps lines in order, and of old ones a bounded number", async () => {
  const folder = await aFolder();
  const log = openAuditLog(folder, { mostBytes: 80 });
  const kept = await Promise.all(Array.from({ length: 25 }, (_, n) => log.append({ n })));
  expect(kept.every(Boolean)).toBe(true);
  const present = await readNumbers(join(folder, "audit.ndjson"));
  const previous = await readNumbers(join(folder, "audit.1.ndjson"));
  const all = [...previous, ...present];
  expect(all).toEqual(Array.from({ length: all.length }, (_, n) => 25 - all.length + n));
  expect(previous.length).toBeGreaterThan(5);
});

test("a disk that does not take a line says so, and the next line is tried", async () => {
  const folder = join(await aFolder(), "not-there-yet");
  const log = openAuditLog(folder);
  expect(await log.append({ n: 1 })).toBe(false);
  await mkdir(folder);
  expect(await log.append({ n: 2 })).toBe(true);
  expect(await readNumbers(join(folder, "audit.ndjson"))).toEqual([2]);
});
