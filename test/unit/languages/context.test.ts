import { describe, expect, test } from "vitest";

import type { Language } from "../../../src/contract/language.ts";
import { toFileRules, toSpecifier, toTestPath } from "../../../src/languages/layout.ts";
import { toOutline } from "../../../src/languages/outline.ts";
import { toTextSurface } from "../../../src/languages/surface.ts";

const PYTHON: Language = { name: "python", runner: "pytest", command: null };
const GO: Language = { name: "go", runner: "go-test", command: null };
const PERL: Language = { name: "perl", runner: "command", command: ["perl", "-I.", "{file}"] };
const outDir = "tests/regoose";

describe("layout", () => {
  test("names files and imports as the language does", () => {
    expect(toTestPath({ language: PYTHON, outDir }, "src/shop/cart.py")).toBe(
      "tests/regoose/test_shop_cart_regoose.py",
    );
    expect(toTestPath({ language: GO, outDir }, "ledger.go", 1)).toBe(
      "tests/regoose/ledger_2/ledger_regoose_test.go",
    );
    expect(toTestPath({ language: PERL, outDir }, "Slug.pm", 2)).toBe(
      "tests/regoose/slug_regoose_test_3.pm",
    );
    const facts = { outDir, goModule: "example.com/shop" };
    expect(toSpecifier({ ...facts, language: PYTHON }, "src/shop/cart.py")).toBe("shop.cart");
    expect(toSpecifier({ ...facts, language: PYTHON }, "shop/__init__.py")).toBe("shop");
    expect(toSpecifier({ ...facts, language: GO }, "ledger.go")).toBe("example.com/shop");
    expect(toSpecifier({ ...facts, language: GO }, "in/a.go")).toBe("example.com/shop/in");
  });

  test("tells agents the command and the package", () => {
    const facts = { outDir, goModule: "example.com/shop" };
    expect(toFileRules({ ...facts, language: PERL }, "Slug.pm", "")).toContain("perl -I. {file}");
    expect(toFileRules({ ...facts, language: GO }, "a.go", "// x\npackage shop\n")).toContain(
      "whose package is `shop`",
    );
  });
});

describe("what a module shows", () => {
  test("is signatures and docstrings in Python, and no body", () => {
    const shown = toTextSurface(
      '"""Prices."""\nLIMIT = 3\n\n\ndef total(\n    a: int,\n) -> int:\n    """Sum.\n\n    Two lines.\n    """\n    secret = 1\n    return secret\n\n\nclass Cart:\n    """Holds."""\n\n    def add(self, x):\n        self.hidden = x\n\n    def _own(self):\n        pass\n',
      PYTHON,
    );
    for (const part of ['"""Prices."""', "LIMIT = 3", "a: int,", "Two lines.", "def add(self, x):"])
      expect(shown).toContain(part);
    for (const part of ["secret", "hidden", "_own"]) expect(shown).not.toContain(part);
  });

  test("is exported heads with their comments in Go", () => {
    const shown = toTextSurface(
      "// Package shop.\npackage shop\n\n// Total sums.\nfunc Total(a int) int {\n\tsecret := a\n\treturn secret\n}\n\nfunc own() {}\n\n// Cart holds.\ntype Cart struct {\n\tItems []int\n}\n",
      GO,
    );
    for (const part of ["// Total sums.", "func Total(a int) int", "Items []int"])
      expect(shown).toContain(part);
    expect(shown).not.toContain("secret");
    expect(shown).not.toContain("own");
  });

  test("is comments and heads in any other language", () => {
    const shown = toTextSurface("# Makes slugs.\nsub slug {\n  my $secret = 1;\n}\n", PERL);
    expect(shown).toBe("# Makes slugs.\nsub slug");
  });
});

test("functions are found by their heads, each up to the next", () => {
  const { fnMap } = toOutline("a.py", "x = 1\ndef a():\n    pass\n\ndef b():\n    pass\n", PYTHON);
  expect(Object.values(fnMap).map(({ name, loc }) => [name, loc.start.line, loc.end.line])).toEqual(
    [
      ["a", 2, 4],
      ["b", 5, 7],
    ],
  );
});
