import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";

import {
  openRunReports,
  type RunReportFile,
} from "../../../../src/adapters/store/run-report-files.ts";
import type { TestRunReport } from "../../../../src/contract/test-run.ts";
import { createFakeClock } from "../../../../src/testing/index.ts";

const REPORT = { output: "said" } as unknown as TestRunReport;
const schema = z.object({ output: z.string() }) as unknown as z.ZodType<TestRunReport>;

describe("kept reports", () => {
  let folder = "";
  const path = (): string => join(folder, "gate-runs.ndjson");
  const open = (context = "this"): Promise<RunReportFile> =>
    openRunReports({ clock: createFakeClock() }, path(), { context, schema });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "regoose-reports-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test("are found by the next process, and what was cut short is not", async () => {
    const killed = await open();
    await killed.add("a#0", { report: REPORT, atMs: 10 });
    await appendFile(path(), '{"context":"this","name":"b#0","atMs":20,"rep');
    await using again = await open();
    expect(again.find("a#0")).toMatchObject({ report: REPORT, atMs: 10 });
    expect(again.find("b#0")).toBeNull();
    await again.add("b#0", { report: REPORT, atMs: 20 });
    await using third = await open();
    expect(third.find("b#0")).toMatchObject({ atMs: 20 });
    await killed[Symbol.asyncDispose]();
  });

  test("of another run, copy or sandbox do not count", async () => {
    await using one = await open();
    await one.add("a#0", { report: REPORT, atMs: 10 });
    await using other = await open("other");
    expect(other.find("a#0")).toBeNull();
  });

  test("that are damaged do not count, and disposing twice does no harm", async () => {
    const file = await open();
    await file.add("a#0", { report: { output: 5 } as unknown as TestRunReport, atMs: 10 });
    await file[Symbol.asyncDispose]();
    await file[Symbol.asyncDispose]();
    expect(await readFile(path(), "utf8")).toContain("a#0");
    await using again = await open();
    expect(again.find("a#0")).toBeNull();
  });
});
