import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { MOST_ISSUE, readIssue } from "../../../src/app/read-issue.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "regoose-issue-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("an issue", () => {
  test("is read, and cut where it is long", async () => {
    await writeFile(join(folder, "a.md"), "\n# Opens\n\nIt should open.\n");
    expect(await readIssue(join(folder, "a.md"))).toBe("# Opens\n\nIt should open.");
    await writeFile(join(folder, "long.txt"), "\u{1F986}".repeat(MOST_ISSUE * 2));
    const text = await readIssue(join(folder, "long.txt"));
    expect(text.length).toBeLessThanOrEqual(MOST_ISSUE);
    expect(text.length).toBeGreaterThan(MOST_ISSUE - 4);
  });

  test("that is not there is named", async () => {
    await expect(readIssue(join(folder, "none.md"))).rejects.toMatchObject({
      code: "RGS-1001",
      message: expect.stringContaining("none.md") as string,
    });
  });
});
