import { describe, expect, test } from "vitest";
import type { GenerateProgress } from "../../../src/app/generate-types.ts";
import type { OutputStyle } from "../../../src/cli/output.ts";
import { createProgressPrinter, type ProgressPrinter } from "../../../src/cli/progress.ts";
import { createFakeClock, type FakeClock } from "../../../src/testing/index.ts";

function open(style: Partial<OutputStyle>): {
  printer: ProgressPrinter;
  clock: FakeClock;
  written: string[];
} {
  const clock = createFakeClock();
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text) };
  const nowhere = {
    write: () => {
      throw new Error("stdout is data");
    },
  };
  const printer = createProgressPrinter(
    { clock, streams: { stdout: nowhere, stderr: stream } },
    { json: false, quiet: false, color: false, isTerminal: false, columns: 80, ...style },
  );
  return { printer, clock, written };
}

const aMoment = (changed: Partial<GenerateProgress> = {}): GenerateProgress => ({
  phase: "searching",
  statements: null,
  branches: null,
  mutants: null,
  testsKept: null,
  timeLeftMs: Infinity,
  ...changed,
});

const FULL = aMoment({
  statements: { covered: 1, total: 3 },
  branches: { covered: 0, total: 0 },
  mutants: { killed: 2, total: 9 },
  testsKept: 4,
  timeLeftMs: 1_200,
});
const LINE =
  "searching · statements 33.3 % · branches – · mutants killed 2/9 · tests kept 4 · 2 s left";

describe("progress of a run", () => {
  test("is one line every ten seconds without a terminal", () => {
    const { printer, clock, written } = open({});
    printer.update(FULL);
    clock.advance(9_999);
    printer.update(aMoment({ phase: "proving" }));
    expect(written).toEqual([]);
    clock.advance(1);
    printer.update(FULL);
    printer.update(aMoment());
    expect(written).toEqual([`${LINE}\n`]);
    printer.end();
    expect(written).toHaveLength(1);
  });

  test("is one live line in a terminal, at once for each new phase, cleared at the end", () => {
    const { printer, clock, written } = open({ isTerminal: true, columns: 30 });
    printer.update(aMoment());
    printer.update(FULL);
    printer.update(aMoment({ phase: "proving" }));
    clock.advance(250);
    printer.update(aMoment({ phase: "proving", testsKept: 3 }));
    printer.end();
    printer.end();
    expect(written.map((text) => text.replaceAll("\r\u001b[2K", "<"))).toEqual([
      "<searching",
      "<proving",
      "<proving · tests kept 3",
      "<",
    ]);
  });

  test("fits the terminal", () => {
    const { printer, written } = open({ isTerminal: true, columns: 25 });
    printer.update(FULL);
    expect(written.join("")).toBe(`\r\u001b[2K${LINE.slice(0, 24)}`);
  });

  test.each([{ quiet: true }, { json: true }])("is not shown where %j", (style) => {
    const { printer, clock, written } = open({ ...style, isTerminal: true });
    clock.advance(60_000);
    printer.update(FULL);
    printer.end();
    expect(written).toEqual([]);
  });
});
