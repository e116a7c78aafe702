import { describe, expect, test } from "vitest";

import type { WrittenCandidate } from "../../../src/contract/candidate.ts";
import type { Language } from "../../../src/contract/language.ts";
import { cutTests } from "../../../src/languages/written/cut.ts";
import { listTextCalls } from "../../../src/languages/written/list-calls.ts";
import { createTestReader } from "../../../src/languages/written/read-tests.ts";
import { findTextSmell } from "../../../src/languages/written/smells.ts";
import { splitFile } from "../../../src/languages/written/split.ts";
import { createTextPrinter } from "../../../src/languages/written/suite-printer.ts";
import { createTextSmells } from "../../../src/languages/written/text-smells.ts";
import { aProject } from "../../../src/testing/index.ts";

const PYTHON: Language = { name: "python", runner: "pytest", command: null };
const GO: Language = { name: "go", runner: "go-test", command: null };
const PERL: Language = { name: "perl", runner: "command", command: ["perl", "{file}"] };

const PY_FILE = `"""About
def test_no_test(): ...
"""
import pytest
from shop import total


def helper():
    return 1


@pytest.mark.parametrize("n", [
    1,
    2,
])
def test_one(n):
    """def test_inside():"""
    assert total(
        n
    ) == n


# About the class.
class TestMore:
    LIMIT = 2

    def setup_method(self):
        self.x = 1

    def test_two(self):
        with pytest.raises(ValueError):
            total(-1)

    async def test_three(self):
        assert self.x == 1


class Helper:
    def test_not_collected(self):
        pass
`;

const GO_FILE = `package other

import (
	"fmt"
	"strings"
	"testing"

	"example.com/shop"
)

func helper() string { return "}" }

// TestOne looks at one.
func TestOne(t *testing.T) {
	if got := shop.Total(1); got != 1 {
		t.Errorf("got %d }", got)
	}
}

func TestTwo(t *testing.T) {
	t.Run("sub", func(t *testing.T) {
		if strings.ToUpper(fmt.Sprint(shop.Total(2))) != "2" { t.Fatal("no") }
	})
}

func Testimony(t *testing.T) {}
`;

describe("splitting a Python file", () => {
  test("finds functions and methods that pytest collects", () => {
    const { tests } = splitFile(PY_FILE, PYTHON);
    expect(tests.map(({ fullTitle }) => fullTitle)).toEqual([
      "test_one",
      "TestMore > test_two",
      "TestMore > test_three",
    ]);
  });

  test("takes decorators along and leaves the next block's comment", () => {
    const [first] = splitFile(PY_FILE, PYTHON).tests;
    const source = PY_FILE.slice(first?.start, first?.end);
    expect(source.startsWith("@pytest.mark.parametrize")).toBe(true);
    expect(source.endsWith(") == n")).toBe(true);
  });

  test("lists assertions whole", () => {
    expect(splitFile(PY_FILE, PYTHON).assertions).toEqual([
      "assert total(\n        n\n    ) == n",
      "with pytest.raises(ValueError):",
      "assert self.x == 1",
    ]);
  });

  test("keeps what is wanted with all that stands around it", () => {
    const cut = cutTests(PY_FILE, new Set(["TestMore > test_three"]), PYTHON);
    expect(splitFile(cut, PYTHON).tests.map(({ fullTitle }) => fullTitle)).toEqual([
      "TestMore > test_three",
    ]);
    expect(cut).toContain("def setup_method");
    expect(cut).toContain("def helper");
    expect(cut).not.toContain("parametrize");
  });

  test("drops a class whose tests all went", () => {
    const cut = cutTests(PY_FILE, new Set(["test_one"]), PYTHON);
    expect(cut).not.toContain("class TestMore");
    expect(cut).toContain("class Helper");
  });
});

describe("splitting a Go file", () => {
  test("finds tests by their signature, with doc comments", () => {
    const { tests, assertions } = splitFile(GO_FILE, GO);
    expect(tests.map(({ fullTitle }) => fullTitle)).toEqual(["TestOne", "TestTwo"]);
    expect(GO_FILE.slice(tests[0]?.start, tests[0]?.end)).toMatch(/^\/\/ TestOne[\s\S]*\n\}$/u);
    expect(assertions).toHaveLength(2);
    expect(assertions[0]).toContain("got != 1");
  });

  test("drops imports that nothing uses any more, and names its own package", () => {
    const cut = cutTests(GO_FILE, new Set(["TestOne"]), GO);
    expect(cut).toMatch(/^package regoose_test\n/u);
    expect(cut).not.toContain('"strings"');
    expect(cut).not.toContain('"fmt"');
    expect(cut).toContain('"example.com/shop"');
    expect(cut).toContain('"testing"');
  });
});

test("a file of any other language is one test", () => {
  const read = createTestReader(PERL)("die 'no' unless 1;\n", false);
  expect(read).toMatchObject({ kind: "read", titles: ["the whole file"] });
});

test("a file without a test cannot be read", () => {
  expect(createTestReader(PYTHON)("x = 1\n", false)).toMatchObject({ kind: "unreadable" });
});

describe("what an assertion compares with, by text", () => {
  test.each([
    [
      PYTHON,
      "def test_a():\n    want = 3\n    got = add(1, 2)\n    assert got == want\n",
      ["want = 3"],
    ],
    [
      GO,
      'func TestA(t *testing.T) {\n\tgot, want := add(1, 2), 3\n\tlimit := 4\n\tif got != limit {\n\t\tt.Errorf("no")\n\t}\n}\n',
      ["limit := 4"],
    ],
  ])("is the lines that give it", (language, text, expected) => {
    const read = createTestReader(language)(text, false);
    expect(read.kind === "read" ? read.expected : read).toEqual(expected);
  });
});

describe("smells by text", () => {
  const smell = (source: string, language: Language, around = ""): string | null =>
    findTextSmell({ source, around }, language)?.reason ?? null;
  const py = (body: string): string => `def test_a():\n    ${body}\n`;
  const go = (body: string): string => `func TestA(t *testing.T) {\n\t${body}\n}\n`;

  test.each([
    ["assert total(1) == 1", null],
    ["assert True", "tautology"],
    ["assert total(1) == total(1)", "tautology"],
    ["total(1)", "no-assertion"],
    ["time.sleep(1)\n    assert total(1) == 1", "sleeps"],
    ['assert read("/etc/passwd") == ""', "absolute-path"],
    ["assert os.environ == {}", "reaches-outside"],
    ["assert datetime.now() == 1", "unstable"],
    ['with mock.patch("shop.total"):\n        assert total(1) == 1', "over-mocked"],
  ])("of Python: %s", (body, reason) => {
    expect(smell(py(body), PYTHON)).toBe(reason);
  });

  test("of what stands around a test, only the way out counts", () => {
    expect(smell(py("assert total(1) == 1"), PYTHON, "import socket\n")).toBe("reaches-outside");
    expect(smell(py("assert total(1) == 1"), PYTHON, "assert True\n")).toBeNull();
  });

  test.each([
    ['if shop.Total(1) != 1 { t.Error("no") }', null],
    ["shop.Total(1)", "no-assertion"],
    ['if shop.Total(1) != shop.Total(1) { t.Error("no") }', "tautology"],
    ['if os.Getenv("A") != "" { t.Error("no") }', "reaches-outside"],
    ['if time.Now().Year() != 1 { t.Error("no") }', "unstable"],
  ])("of Go: %s", (body, reason) => {
    expect(smell(go(body), GO)).toBe(reason);
  });

  test.each([
    ["die 'no' if $ENV{HOME};", "reaches-outside"],
    ["my $x = qx{id}; die if $x;", "reaches-outside"],
    ["die 'no' unless Slug::slug('a') eq 'a';", null],
  ])("of a command's file: %s", (body, reason) => {
    expect(smell(body, PERL)).toBe(reason);
  });

  test("the same test twice is a duplicate", () => {
    const one = "def test_a():\n    assert f() == 1";
    const two = "def test_b():\n    assert f() == 1";
    const found = createTextSmells(PYTHON)({
      files: { "t.py": `${one}\n${two}\n` },
      tests: [
        { candidateId: "a", file: "t.py", fullTitle: "test_a", source: one },
        { candidateId: "b", file: "t.py", fullTitle: "test_b", source: two },
      ],
    });
    expect(found).toMatchObject([{ candidateId: "b", reason: "duplicate" }]);
  });
});

describe("printing", () => {
  const aWritten = (id: string, text: string, fullTitle: string): WrittenCandidate => ({
    ...{ id, text, fullTitle, module: "src/shop.py", path: "x.py" },
    ...{ engine: "model x", claims: { counters: [], kills: [] } },
    origin: "model",
  });
  const request = { project: aProject(), outDir: "tests/regoose" };

  test("keeps each proposed file a file of its own, with the wanted tests", async () => {
    const other = "def test_other():\n    assert 1 + 1 == 2\n";
    const printed = await createTextPrinter(PYTHON).print(
      {
        ...{ ...request, runner: "pytest" },
        candidates: [
          aWritten("a", PY_FILE, "test_one"),
          aWritten("b", other, "test_other"),
          aWritten("c", other, "test_gone"),
        ],
      },
      { signal: new AbortController().signal },
    );
    expect(Object.keys(printed.files)).toEqual([
      "tests/regoose/test_shop_regoose.py",
      "tests/regoose/test_shop_regoose_2.py",
    ]);
    expect(printed.tests.map(({ candidateId, file }) => [candidateId, file.slice(-6)])).toEqual([
      ["a", "ose.py"],
      ["b", "e_2.py"],
    ]);
    expect(printed.unprintable.map(({ candidateId }) => candidateId)).toEqual(["c"]);
    for (const { file, source } of printed.tests) expect(printed.files[file]).toContain(source);
  });
});

test("calls are listed with their arguments and without blanks", () => {
  const calls = listTextCalls('assert total( 1,\n "a b" ) == len([1])  # f(2)\n', PYTHON);
  expect([...calls]).toEqual(['total(1,"ab")']);
});
