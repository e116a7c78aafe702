import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type LanguageBench, openLanguageBench } from "./language-bench.ts";

const SOURCE = `package grade

import "errors"

// Grade names points.
func Grade(points int) (string, error) {
	if points < 0 {
		return "", errors.New("negative")
	}
	name := "p" + "art"
	if points >= 10 {
		name = "full"
	}
	return name, nil
}

// Boom panics.
func Boom(points int) int {
	return 10 / (points - 1)
}
`;
const FILE = "tests/regoose/grade/grade_regoose_test.go";
const HEAD = 'package regoose_test\n\nimport (\n\t"testing"\n\n\t"example.com/grade"\n)\n\n';
const aTest = (name: string, condition: string): string =>
  `func ${name}(t *testing.T) {\n\tif ${condition} {\n\t\tt.Errorf("it is not so")\n\t}\n}\n`;
const FULL = aTest("TestFull", 'got, _ := grade.Grade(10); got != "full"');
const PART = aTest("TestPart", 'got, _ := grade.Grade(9); got != "part"');

let bench: LanguageBench;
beforeAll(async () => {
  bench = await openLanguageBench(
    { "go.mod": "module example.com/grade\n\ngo 1.19\n", "grade.go": SOURCE },
    { language: "go", sources: ["grade.go"] },
  );
}, 120_000);
afterAll(() => {
  bench[Symbol.dispose]();
});

const aFile = (...tests: readonly string[]): Record<string, string> => ({
  [FILE]: `${HEAD}${tests.join("\n")}`,
});

describe("go test in the sandbox", () => {
  test("tells what passed and failed, and a panic is nobody's assertion", async () => {
    const report = await bench.run(
      aFile(
        FULL,
        aTest("TestWrong", 'got, _ := grade.Grade(9); got != "full"'),
        aTest("TestPanic", "grade.Boom(1) != 0"),
      ),
    );
    expect(report.end).toEqual({ kind: "finished" });
    expect(
      report.tests.map(({ fullTitle, status, failure }) => [
        ...[fullTitle, status, failure?.isAssertion ?? null],
      ]),
    ).toEqual([
      ["TestFull", "passed", null],
      ["TestWrong", "failed", true],
      ["TestPanic", "failed", false],
    ]);
    expect(report.tests[1]?.failure?.message).toContain("it is not so");
  });

  test("calls a run broken where a file does not build, and says why", async () => {
    const report = await bench.run(aFile(aTest("TestNo", "grade.Nothing() != 1")));
    expect(report.end).toMatchObject({ kind: "broken" });
    expect(JSON.stringify(report.end)).toContain("Nothing");
  });

  test("counts blocks test by test", async () => {
    const report = await bench.run(aFile(FULL, PART), { mode: { kind: "coverage" } });
    const own = (name: string): readonly string[] => report.perTest?.[`${FILE}::${name}`] ?? [];
    expect(own("TestFull").length).toBeGreaterThan(own("TestPart").length);
    expect(Object.values(report.coverage?.["grade.go"]?.b ?? {}).map(([hits]) => hits)).toEqual([
      ...[2, 0, 2, 1, 2, 0],
    ]);
  });

  test("leaves mutants out that do not compile", () => {
    // Taking one text off another is no Go.
    const onLine10 = bench.ground.mutants.filter(({ range }) => range.start.line === 10);
    expect(onLine10).toEqual([]);
    expect(bench.ground.mutants.length).toBeGreaterThan(5);
  });

  test("tries each mutant in a build of its own", async () => {
    const pairs = await bench.tryMutants(aFile(FULL, PART), ["TestFull", "TestPart"]);
    const become = pairs
      .filter(({ mutant }) => mutant?.range.start.line === 11)
      .map(
        ({ fullTitle, mutant, status }) => `${fullTitle} ${mutant?.replacement ?? ""} ${status}`,
      );
    expect(become).toEqual([
      "TestFull > killed",
      "TestFull < killed",
      "TestFull 11 killed",
      "TestFull 9 survived",
      "TestPart > survived",
      "TestPart < killed",
      "TestPart 11 survived",
      "TestPart 9 killed",
    ]);
    expect(pairs.every(({ failure }) => failure?.isAssertion ?? true)).toBe(true);
  }, 120_000);
});
