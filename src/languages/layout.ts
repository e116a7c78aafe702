import { posix } from "node:path";

import type { Language } from "../contract/language.ts";

/** What layouts need to know of a project. */
export interface LayoutFacts {
  readonly language: Language;
  /** Project-relative folder of the suite. */
  readonly outDir: string;
  /** Import path of the Go module at the root, from `go.mod`; null elsewhere. */
  readonly goModule: string | null;
}

/** Where the `index`-th (from 0) test file of a module stands, project-relative. */
export function toTestPath(
  { language, outDir }: Pick<LayoutFacts, "language" | "outDir">,
  module: string,
  index = 0,
): string {
  const stem = toStem(module);
  const tail = index === 0 ? "" : `_${String(index + 1)}`;
  switch (language.runner) {
    case "pytest":
      return posix.join(outDir, `test_${stem}_regoose${tail}.py`);
    case "go-test":
      // Files of one folder share their names in Go, so each has a folder of its own.
      return posix.join(outDir, `${stem}${tail}`, `${stem}_regoose_test.go`);
    case "command":
      return posix.join(outDir, `${stem}_regoose_test${tail}${posix.extname(module)}`);
  }
}

/** A module's path as one word: `src/shop/cart.py` is `shop_cart`. */
function toStem(module: string): string {
  const { dir, name } = posix.parse(module.replace(/^(?:src|lib)\//u, ""));
  const word = [...dir.split("/"), name].filter((part) => part !== "").join("_");
  return word.replaceAll(/\W+/gu, "_").toLowerCase();
}

/** What a test file writes to reach a module: a dotted name in Python, an import path in Go, else its path from the project's root. */
export function toSpecifier({ language, goModule }: LayoutFacts, module: string): string {
  switch (language.runner) {
    case "pytest":
      return module
        .replace(/^(?:src|lib)\//u, "")
        .replace(/(?:\/__init__)?\.py$/u, "")
        .replaceAll("/", ".");
    case "go-test": {
      const folder = posix.dirname(module);
      const root = goModule ?? "";
      return folder === "." ? root : `${root}/${folder}`;
    }
    case "command":
      return module;
  }
}

/** What an agent is told about the file that it writes, after its place. */
export function toFileRules(facts: LayoutFacts, module: string, source: string): string {
  const specifier = toSpecifier(facts, module);
  switch (facts.language.runner) {
    case "pytest":
      return `import the code under test by \`from ${specifier} import …\`. Each test is a function \`def test_…():\` at the top level of the file, or in a class \`Test…\`; use plain \`assert\`, and \`pytest.raises\` for exceptions.`;
    case "go-test": {
      const [, name = "main"] = /^package[ \t]+(\w+)/mu.exec(source) ?? [];
      return `begin with \`package regoose_test\`, and import the code under test by \`"${specifier}"\`, whose package is \`${name}\`: only exported names can be reached. Each test is a function \`func TestXxx(t *testing.T)\` at the top level of the file that fails by \`t.Error\`, \`t.Errorf\`, \`t.Fatal\` or \`t.Fatalf\`; use the standard library only.`;
    }
    case "command":
      return `it is run from the project's root by \`${(facts.language.command ?? []).join(" ")}\`, where {file} is its path; the code under test is the file \`${specifier}\` there. The file ends with exit code 0 where every check holds, and with another one where a check fails, after printing what was expected and what was seen.`;
  }
}

/** Names for people. */
const SHOWN: Readonly<Record<string, string>> = { python: "Python", go: "Go", php: "PHP" };

/** A language's name as people write it. */
export function toShownName({ name }: Pick<Language, "name">): string {
  return SHOWN[name] ?? name.charAt(0).toUpperCase() + name.slice(1);
}
