import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Profiler } from "node:inspector";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import typescript from "typescript";
import {
  addHits,
  toFunctions,
  toHits,
  toSourceHits,
} from "../../../scripts/child-coverage/hits.ts";
import { readPositionPairs } from "../../../scripts/child-coverage/position-pairs.ts";

const SOURCE = `interface Shape { readonly sides: number }
type Name<T> = T extends string ? T : never;
const names = new Map<string, number>([["a", 1]]);
export function describe(shape: Shape, name?: Name<string>): string {
  if (shape.sides > 9) return "many";
  const text = shape.sides === 4 ? "square" : "other";
  const call = ((one: string): string => one + "!");
  const never = (): string => "never called";
  return call(text) + (name ?? "nameless") + (names.get("a") as number > 5 && "large") + (never as unknown ? "" : "x");
}
describe({ sides: 4 });
describe({ sides: 4 }, "named");
describe({ sides: 3 }, "named");
`;
/** What stands at these places ran so often. */
const COUNTS: Readonly<Record<string, number>> = {
  '"many"': 0,
  '"square"': 2,
  '"other"': 1,
  'one + "!"': 3,
  '"never called"': 0,
  '"nameless"': 1,
  '"large"': 0,
  "describe({ sides: 3 }": 1,
  "const text": 3,
};

const folder = mkdtempSync(join(tmpdir(), "regoose-child-coverage-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What V8 counts in a process that runs the file. */
function runCounted(name: string, code: string): readonly Profiler.FunctionCoverage[] {
  const file = join(folder, name);
  const raw = join(folder, `${name}-raw`);
  mkdirSync(raw);
  writeFileSync(file, code);
  const { status, stderr } = spawnSync(process.execPath, [file], {
    env: { ...process.env, NODE_V8_COVERAGE: raw },
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  const [report] = readdirSync(raw);
  const { result } = JSON.parse(readFileSync(join(raw, report ?? ""), "utf8")) as {
    readonly result: readonly Profiler.ScriptCoverage[];
  };
  return result.find(({ url }) => url.endsWith(`/${name}`))?.functions ?? [];
}

function countsIn(hits: Float64Array): Readonly<Record<string, number | undefined>> {
  return Object.fromEntries(
    Object.keys(COUNTS).map((place) => [place, hits[SOURCE.indexOf(place)]]),
  );
}

describe("counts of child processes", () => {
  test("are the same whether the source ran or what the compiler made of it", () => {
    const direct = toHits(runCounted("direct.mts", SOURCE), SOURCE.length);
    expect(countsIn(direct)).toEqual(COUNTS);

    const { outputText, sourceMapText } = typescript.transpileModule(SOURCE, {
      compilerOptions: {
        module: typescript.ModuleKind.ESNext,
        target: typescript.ScriptTarget.ES2023,
        sourceMap: true,
      },
    });
    const { mappings } = JSON.parse(sourceMapText ?? "") as { readonly mappings: string };
    const hits = toHits(runCounted("built.mjs", outputText), outputText.length);
    const pairs = readPositionPairs(mappings, SOURCE, outputText);
    const mapped = toSourceHits({ text: outputText, hits }, pairs, SOURCE);
    expect(countsIn(mapped)).toEqual(COUNTS);

    // And back in V8's terms nothing is lost.
    expect(toHits(toFunctions(mapped), SOURCE.length)).toEqual(mapped);
    addHits(mapped, direct);
    expect(mapped[SOURCE.indexOf('"square"')]).toBe(4);
  });

  test("come from the innermost range, and from the busier copy of what was compiled twice", () => {
    const range = (
      startOffset: number,
      endOffset: number,
      count: number,
    ): Profiler.CoverageRange => ({
      startOffset,
      endOffset,
      count,
    });
    const functions = [
      { functionName: "", isBlockCoverage: true, ranges: [range(2, 4, 0), range(0, 6, 3)] },
    ];
    expect([...toHits(functions, 6)]).toEqual([3, 3, 0, 0, 3, 3]);
    const hits = Float64Array.from([1, 1, 5, 5]);
    const pairs = [
      { source: 0, compiled: 0 },
      { source: 0, compiled: 2 },
    ];
    expect([...toSourceHits({ text: "abab", hits }, pairs, "ab")]).toEqual([5, 5]);
  });
});
