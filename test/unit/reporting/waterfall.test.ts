import { describe, expect, test } from "vitest";
import type { SpanNode } from "../../../src/contract/trace.ts";
import { renderWaterfall } from "../../../src/reporting/text/waterfall.ts";

const plain = (text: string): string => text;
const COLORS = { dim: plain, red: (text: string) => `<${text}>`, cyan: plain };

const aNode = (name: string, parts: Partial<SpanNode> = {}): SpanNode => ({
  traceId: "a".repeat(32),
  spanId: "b".repeat(16),
  parentId: null,
  name,
  start: 0,
  end: 1000,
  status: "ok",
  attributes: {},
  events: [],
  isCut: false,
  children: [],
  ...parts,
});

const draw = (trace: SpanNode, columns = 100): readonly string[] =>
  renderWaterfall(trace, { columns, colors: COLORS }).trimEnd().split("\n");

describe("waterfall", () => {
  test("draws spans on one scale, each below the one that it is part of", () => {
    const lines = draw(
      aNode("run", {
        children: [
          aNode("first", { end: 500, attributes: { "process.pid": 7 } }),
          aNode("second", { start: 500, attributes: { "regoose.attempt": 2 } }),
        ],
      }),
    );
    expect(lines.map((line) => line.slice(0, 30).trimEnd())).toEqual([
      "run",
      "  first · pid 7",
      "  second · attempt 2",
    ]);
    const [, first, second] = lines.map((line) => line.slice(54));
    expect(first).toMatch(/^█+$/u);
    expect(second).toMatch(/^ {23}█+$/u);
    expect(lines[1]).toContain("500 ms");
  });

  test.each([20, 60, 100, 200, 1000])("stays within %i columns", (columns) => {
    const trace = aNode("run", {
      children: [aNode("x".repeat(200), { start: 999.9, end: 1_000_000 })],
    });
    for (const line of draw({ ...trace, end: 1_000_000 }, columns))
      expect(Array.from(line).length).toBeLessThanOrEqual(Math.max(60, Math.min(200, columns)));
  });

  test("marks what failed, and what was never seen to end", () => {
    const [root, child] = draw(
      aNode("run", { children: [aNode("bad", { status: "error", isCut: true, end: 5 })] }),
    );
    expect(root).not.toContain("<");
    expect(child).toMatch(/^<\s+bad .*>5\.0 ms <█>$/u);
  });

  test("shows a dozen of many siblings and says how many more there are", () => {
    const children = Array.from({ length: 20 }, (_none, index) => aNode(`child ${index}`));
    const lines = draw(aNode("run", { children }));
    expect(lines).toHaveLength(14);
    expect(lines.at(-1)).toBe("  … 8 more below run");
  });

  test("lets no name move the cursor or fake a line", () => {
    const [line] = draw(aNode("a\u001b[2Jb\nc"));
    expect(line).toContain("a\\u001b[2Jb\\nc");
  });
});
