import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createArtifactFiles } from "../../../../src/adapters/store/artifact-files.ts";
import { createRunLogFiles } from "../../../../src/adapters/store/run-log-files.ts";
import { createFakeClock } from "../../../../src/testing/fake-clock.ts";

const clock = createFakeClock();
let runs = "";
beforeEach(async () => void (runs = await mkdtemp(join(tmpdir(), "regoose-log-"))));
afterEach(() => rm(runs, { recursive: true, force: true }));

const names = async (): Promise<readonly string[]> =>
  (await createRunLogFiles({ clock }, runs).read("r")).map(({ name }) => name);

async function write(...events: readonly string[]): Promise<string> {
  const log = createRunLogFiles({ clock }, runs);
  const claim = await log.claim("r");
  await log.append(
    "r",
    claim,
    events.map((name) => ({ name, data: {} })),
  );
  await log.release("r", claim);
  return join(runs, "r", "events.ndjson");
}

describe("a log that was damaged", () => {
  test("ends before a torn last line, and goes on from there", async () => {
    const path = await write("a", "b");
    const whole = await readFile(path, "utf8");
    await appendFile(path, '{"v":2,"sequence":3,"epo');
    expect(await names()).toEqual(["a", "b"]);
    await write("c");
    expect(await names()).toEqual(["a", "b", "c"]);
    expect((await readFile(path, "utf8")).startsWith(whole)).toBe(true);
    expect(await readFile(`${path}.damaged`, "utf8")).toBe('{"v":2,"sequence":3,"epo');
  });

  test.each([
    ["a flipped letter", (text: string) => text.replace('"name":"b"', '"name":"x"')],
    ["a checksum that was cut off", (text: string) => text.replace(/,"sum":"[0-9a-f]+"/gu, "")],
    ["a line that is no JSON", (text: string) => text.replace('{"v":2,"sequence":2', "{")],
    [
      "a record of no known shape",
      (text: string) => text.replace('"sequence":2', '"sequence":"2"'),
    ],
  ])("ends before %s", async (_name, damage) => {
    const path = await write("a", "b", "c");
    const [first = "", ...rest] = (await readFile(path, "utf8")).split(/(?<=\n)/u);
    await writeFile(path, first + damage(rest.join("")));
    expect(await names()).toEqual(["a"]);
  });

  test("skips what an owner that was fenced off still wrote", async () => {
    const path = await write("a");
    const late = (await readFile(path, "utf8")).trimEnd();
    await write("b");
    await appendFile(path, `${late}\n`);
    expect(await names()).toEqual(["a", "b"]);
  });
});

test("a log of the first release is read, and gone on with", async () => {
  await mkdir(join(runs, "r"));
  const old = '{"at":"2026-11-24T08:15:00.000Z","name":"run-start","data":{"target":"."}}\n';
  await writeFile(join(runs, "r", "events.ndjson"), `${old}${old.replace("start", "end")}`);
  expect(await names()).toEqual(["run-start", "run-end"]);
  await write("run-resume");
  expect(await names()).toEqual(["run-start", "run-end", "run-resume"]);
});

test("an owner that has died is no hindrance", async () => {
  await mkdir(join(runs, "r"));
  await writeFile(join(runs, "r", "owner-4"), "999999999:1");
  const claim = await createRunLogFiles({ clock }, runs).claim("r");
  expect(claim).toEqual({ epoch: 5, sequence: 0 });
});

describe("artifacts", () => {
  test("that are damaged are refused", async () => {
    const store = createArtifactFiles(runs);
    const hash = await store.put("r", "text");
    const path = join(runs, "r", "artifacts", `${hash}.gz`);
    await writeFile(path, "no gzip");
    await expect(store.get("r", hash)).rejects.toMatchObject({ code: "RGS-1017" });
    const other = await store.put("r", "another text");
    await writeFile(path, await readFile(join(runs, "r", "artifacts", `${other}.gz`)));
    await expect(store.get("r", hash)).rejects.toMatchObject({ name: "ArtifactDamaged" });
    // A step that is done again often has the same result: it takes the place of the damaged one.
    expect(await store.put("r", "text")).toBe(hash);
    expect(await store.get("r", hash)).toBe("text");
  });

  test("that are too large are refused, with what to do", async () => {
    const store = createArtifactFiles(runs, { maxLength: 10 });
    await expect(store.put("r", "x".repeat(11))).rejects.toMatchObject({
      code: "RGS-1016",
      hint: expect.stringContaining("one folder or file") as string,
    });
  });
});
