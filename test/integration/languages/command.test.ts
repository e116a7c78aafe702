import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createPatchMutant } from "../../../src/contract/patch-mutant.ts";
import { type LanguageBench, openLanguageBench } from "./language-bench.ts";

const FILE = "tests/regoose/slug_regoose_test.pm";
const SOURCE = "package Slug;\nsub size { my ($n) = @_; return $n > 3 ? 1 : 0; }\n1;\n";

let bench: LanguageBench;
beforeAll(async () => {
  bench = await openLanguageBench(
    { "Slug.pm": SOURCE },
    { language: "perl", sources: ["Slug.pm"], testCommand: "perl -I. {file}" },
  );
});
afterAll(() => {
  bench[Symbol.dispose]();
});

describe("a test command in the sandbox", () => {
  test("a file passes with exit code 0, and fails with any other and what it printed", async () => {
    const good = await bench.run({ [FILE]: "use Slug; die 'no' unless Slug::size(4) == 1;\n" });
    expect(good.tests).toMatchObject([{ fullTitle: "the whole file", status: "passed" }]);
    const bad = await bench.run({ [FILE]: "use Slug; die 'it is not so' if Slug::size(4);\n" });
    expect(bad.tests).toMatchObject([
      { status: "failed", failure: { isAssertion: true, name: "exit code 255" } },
    ]);
    expect(bad.tests[0]?.failure?.message).toContain("it is not so");
  });

  test("a file that never ends has no result, and the run says so", async () => {
    const report = await bench.run({ [FILE]: "1 while 1;\n" }, { timeoutMs: 1_000 });
    expect(report.end).toMatchObject({ kind: "timed-out" });
  });

  test("each mutant is tried on each file, since nobody knows what it reaches", async () => {
    const files = { [FILE]: "use Slug; die 'no' unless Slug::size(4) == 1;\n" };
    const reached = await bench.run(files, { mode: { kind: "mutant-coverage" } });
    expect(Object.values(reached.mutantsByTest ?? {})[0]).toHaveLength(bench.ground.mutants.length);
    const pairs = await bench.tryMutants(files, ["the whole file"]);
    expect(
      pairs.flatMap(({ mutant, status }) =>
        mutant === undefined ? [] : [`${mutant.replacement} ${status}`],
      ),
    ).toEqual(expect.arrayContaining([">= survived", "<= killed", "4 killed", "2 survived"]));
  });

  test("mutants that do not parse are left out where the language has a command that tells", async () => {
    const source =
      "package Pair;\nuse strict;\nsub first { my ($a, $b) = @_; my %of = (1 => $a, 2 => $b); return $of{1}; }\n1;\n";
    const broken = createPatchMutant(source, {
      ...{ file: "Pair.pm", offset: source.indexOf("%of"), original: "%of", replacement: "%%of" },
      by: { kind: "operator", name: "broken" },
    });
    const open = (language: string): Promise<LanguageBench> =>
      openLanguageBench(
        { "Pair.pm": source },
        { language, sources: ["Pair.pm"], testCommand: "perl -I. {file}" },
      );
    using known = await open("perl");
    using unknown = await open("perl5");
    const patches = broken === null ? [] : [broken];
    expect(known.ground.mutants.length).toBeGreaterThan(0);
    expect([...(await known.ground.findUnfit(patches))]).toEqual([broken?.id]);
    expect([...(await unknown.ground.findUnfit(patches))]).toEqual([]);
  });

  test("a check that refuses the file as it is weeds out nothing", async () => {
    using bench = await openLanguageBench(
      { "Odd.pm": "use Not::There;\nsub size { return $_[0] > 3; }\n1;\n" },
      { language: "perl", sources: ["Odd.pm"], testCommand: "perl -I. {file}" },
    );
    expect(bench.ground.mutants.length).toBeGreaterThan(0);
  });

  test("nothing of the machine is reached", async () => {
    const report = await bench.run({
      [FILE]:
        "use IO::Socket::INET; exit 0 unless IO::Socket::INET->new(PeerAddr => '1.1.1.1:53', Timeout => 2); exit 3;\n",
    });
    expect(report.tests).toMatchObject([{ status: "passed" }]);
  });

  test("a program that the sandbox does not show is missed before any work", async () => {
    await expect(
      openLanguageBench(
        { "a.lua": "" },
        { language: "lua", sources: ["a.lua"], testCommand: "no-such-lua {file}" },
      ),
    ).rejects.toMatchObject({
      code: "RGS-7102",
      message: expect.stringContaining("no-such-lua") as string,
    });
  });
});
