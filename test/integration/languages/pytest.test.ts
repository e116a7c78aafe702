import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createBubblewrapBackend } from "../../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import { openBoxes } from "../../../src/execution/languages/open-box.ts";
import { createPytestDriver } from "../../../src/execution/languages/pytest/pytest-driver.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { type LanguageBench, openLanguageBench } from "./language-bench.ts";

const SOURCE = `LIMIT = 10


def grade(points):
    if points < 0:
        raise ValueError("negative")
    if points >= LIMIT:
        return "full"
    return "part"


def count_down(n):
    while n > 0:
        n -= 1
    return n


def checked(n):
    assert n > 1
    return n


def noop(a):
    return None
`;
const FILE = "tests/test_grade.py";
const HEAD = "import pytest\n\nfrom grade import checked, count_down, grade\n\n\n";
const OUTSIDE = "/var/tmp/regoose-was-here";

let bench: LanguageBench;
beforeAll(async () => {
  bench = await openLanguageBench(
    { "src/grade.py": SOURCE },
    { language: "python", sources: ["src/grade.py"] },
  );
});
afterAll(() => {
  bench[Symbol.dispose]();
});

const aFile = (...parts: readonly string[]): Record<string, string> => ({
  [FILE]: `${HEAD}${parts.join("\n\n\n")}\n`,
});

describe("pytest in the sandbox", () => {
  test("tells what passed, failed, was skipped, and by whose assertion", async () => {
    const report = await bench.run(
      aFile(
        'def test_full():\n    assert grade(10) == "full"',
        'def test_wrong():\n    assert grade(10) == "part"',
        "def test_not_raised():\n    with pytest.raises(KeyError):\n        grade(1)",
        "def test_theirs():\n    assert checked(1) == 1",
        "def test_error():\n    grade(-1)",
        '@pytest.mark.skip\ndef test_later():\n    assert grade(1) == "part"',
        '@pytest.mark.parametrize("n", [1, 10])\ndef test_each(n):\n    assert grade(n) == "part"',
        'class TestIn:\n    def test_class(self):\n        assert grade(1) == "part"',
      ),
    );
    expect(report.end).toEqual({ kind: "finished" });
    expect(
      report.tests.map(({ fullTitle, status, failure }) => [
        ...[fullTitle, status, failure?.isAssertion ?? null],
      ]),
    ).toEqual([
      ["test_full", "passed", null],
      ["test_wrong", "failed", true],
      ["test_not_raised", "failed", true],
      ["test_theirs", "failed", false],
      ["test_error", "failed", false],
      ["test_later", "skipped", null],
      ["test_each", "failed", true],
      ["TestIn > test_class", "passed", null],
    ]);
  });

  test("calls a run broken where a file does not load, and says why", async () => {
    const report = await bench.run({ [FILE]: "from grade import nothing\n" });
    expect(report.end).toMatchObject({ kind: "broken" });
    expect(JSON.stringify(report.end)).toContain("nothing");
  });

  test("holds an error of a thread against the run", async () => {
    const report = await bench.run(
      aFile(
        'def test_thread():\n    import threading\n    one = threading.Thread(target=grade, args=(-1,))\n    one.start()\n    one.join()\n    assert grade(1) == "part"',
      ),
    );
    expect(report.strayErrors.join("\n")).toContain("negative");
  });

  test("counts lines and branches test by test, and knows which mutants a test reaches", async () => {
    const files = aFile(
      'def test_full():\n    assert grade(10) == "full"',
      "def test_down():\n    assert count_down(2) == 0",
    );
    const covered = await bench.run(files, { mode: { kind: "coverage" } });
    const file = covered.coverage?.["src/grade.py"];
    expect(Object.values(file?.fnMap ?? {}).map(({ name }) => name)).toEqual([
      ...["grade", "count_down", "checked", "noop"],
    ]);
    expect(Object.values(file?.f ?? {})).toEqual([1, 1, 0, 0]);
    expect(Object.values(file?.branchMap ?? {}).map(({ line }) => line)).toEqual([5, 7, 13]);
    expect(covered.perTest?.[`${FILE}::test_full`]?.some((id) => id.includes("#b1."))).toBe(true);
    const reached = await bench.run(files, { mode: { kind: "mutant-coverage" } });
    const lines = (title: string): readonly number[] => [
      ...new Set(
        bench.ground.mutants
          .filter(({ switchId }) =>
            reached.mutantsByTest?.[`${FILE}::${title}`]?.includes(switchId),
          )
          .map(({ range }) => range.start.line),
      ),
    ];
    // What runs while the module loads (line 1) is reached by all.
    expect(lines("test_full")).toEqual([1, 5, 7, 8]);
    expect(lines("test_down")).toEqual([1, 13, 14, 15]);
  });

  test("leaves mutants out that do not compile or compile to the same code", () => {
    const shown = bench.ground.mutants.map(({ range, replacement }) => [
      ...[range.start.line, replacement],
    ]);
    expect(shown).toContainEqual([1, "11"]);
    // `return None` for `return None` is nobody's change.
    expect(shown.filter(([line]) => line === 24)).toEqual([]);
  });

  test("tries each mutant in a process of its own, and ends one that hangs", async () => {
    const pairs = await bench.tryMutants(aFile("def test_down():\n    assert count_down(2) == 0"), [
      "test_down",
    ]);
    const become = (line: number): readonly string[] =>
      pairs
        .filter(({ mutant }) => mutant?.range.start.line === line)
        .map(({ mutant, status }) => `${mutant?.replacement ?? ""} ${status}`);
    expect(become(5)).toEqual(["<= survived", ">= survived", "1 survived"]);
    expect(become(13)).toEqual([">= killed", "<= killed", "1 killed"]);
    expect(become(14)).toContain("+= timed-out");
    expect(pairs.filter(({ switchId }) => switchId === "none").map(({ status }) => status)).toEqual(
      ["survived", "survived"],
    );
  }, 120_000);

  test("shifts the clock", async () => {
    const report = await bench.run(
      aFile(
        "def test_year():\n    import datetime\n    assert datetime.datetime.now().year == 1\n    assert isinstance(datetime.date.today(), datetime.date)",
      ),
      { clockShiftMs: 400 * 86_400_000 },
    );
    const year = new Date(Date.now() + 400 * 86_400_000).getUTCFullYear();
    expect(report.tests[0]?.failure?.message).toContain(String(year));
  });

  test("stops a test that connects, reads secrets or writes outside", async () => {
    const report = await bench.run(
      aFile(
        'def test_connect():\n    import socket\n    socket.create_connection(("1.1.1.1", 53), 2)',
        'def test_shadow():\n    assert open("/etc/shadow").read()',
        'def test_home():\n    import os\n    assert os.listdir("/root")',
        `def test_write():\n    open("${OUTSIDE}", "w").write("x")`,
        'def test_usr():\n    open("/usr/regoose", "w").write("x")',
        "def test_keys():\n    import os\n    assert [k for k in os.environ if 'KEY' in k]",
      ),
    );
    expect(report.tests.map(({ fullTitle, status }) => [fullTitle, status])).toEqual(
      ["connect", "shadow", "home", "write", "usr", "keys"].map((name) => [
        ...[`test_${name}`, "failed"],
      ]),
    );
    expect(existsSync(OUTSIDE)).toBe(false);
  });

  test("says what to install where there is no pytest", async () => {
    const clock = createSystemClock();
    const driver = createPytestDriver({
      ...{ interpreter: "/usr/bin/perl", packages: [], paths: [], sources: [] },
    });
    const open = openBoxes({
      ...{ sandboxes: createBubblewrapBackend({ clock }), mounts: [] },
      ...{ baseLayer: import.meta.dirname, scratchFolder: "/tmp" },
    });
    const conditions = { timeZone: "UTC", identity: "first" } as const;
    const missing = await driver.findMissing(open(conditions, new AbortController().signal));
    expect(missing?.what).toContain("/usr/bin/perl");
    expect(missing?.hint).toContain("apt-get install python3-pytest");
  });
});
