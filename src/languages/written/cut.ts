import type { Language } from "../../contract/language.ts";
import { toLexis } from "../syntax/lexis.ts";
import { maskText } from "../syntax/mask.ts";
import type { SplitTest } from "./split-file.ts";
import { splitFile } from "./split.ts";

/** A file with the wanted tests only. What stands around them stays, their text is not touched. */
export function cutTests(text: string, titles: ReadonlySet<string>, language: Language): string {
  const { tests } = splitFile(text, language);
  const dropped = tests.filter(({ fullTitle }) => !titles.has(fullTitle));
  const cut = [...dropped]
    .sort((a, b) => b.start - a.start)
    .reduce((rest, test) => removeLines(rest, test), text);
  const tidy = `${cut.replaceAll(/\n{4,}/gu, "\n\n\n").trim()}\n`;
  switch (language.runner) {
    case "pytest":
      return dropEmptyClasses(tidy, language);
    case "go-test":
      return dropUnusedImports(setPackage(tidy), language);
    case "command":
      return text;
  }
}

function removeLines(text: string, { start, end }: SplitTest): string {
  const after = text.slice(end).replace(/^[ \t]*\n/u, "");
  return text.slice(0, start) + after;
}

/** A class whose tests all went has no body left, or fixtures for nobody. */
function dropEmptyClasses(text: string, language: Language): string {
  const code = maskText(text, toLexis(language.name));
  const owners = new Set(
    splitFile(text, language).tests.map(({ fullTitle }) => fullTitle.split(" > ", 1)[0]),
  );
  const pattern = /^class[ \t]+(\w+)[^\n]*(?:\n(?:[ \t][^\n]*|[ \t]*(?=\n)))*\n?/gmu;
  return [...code.matchAll(pattern)]
    .reverse()
    .filter(
      ({ 0: block, 1: name = "" }) =>
        !owners.has(name) && (name.startsWith("Test") || /TestCase\b/u.test(block)),
    )
    .reduce(
      (rest, { index, 0: block }) => rest.slice(0, index) + rest.slice(index + block.length),
      text,
    );
}

/** Package of every written Go file: a test from outside sees what users see. */
export const GO_PACKAGE = "regoose_test";

function setPackage(text: string): string {
  const clause = /^package[ \t]+\w+/mu;
  return clause.test(text)
    ? text.replace(clause, `package ${GO_PACKAGE}`)
    : `package ${GO_PACKAGE}\n\n${text}`;
}

/** Go builds no file that imports what it does not use. */
function dropUnusedImports(text: string, language: Language): string {
  const code = maskText(text, toLexis(language.name));
  const head = /^import[ \t]*(?:\(([\s\S]*?)\)|[^\n]*)/mu;
  const block = head.exec(text)?.[0];
  if (block === undefined) return text;
  const rest = code.replace(/^import[ \t]*(?:\([\s\S]*?\)|[^\n]*)/gmu, "");
  const isUsed = (spec: string): boolean => {
    const [, alias, path = ""] =
      /^[ \t]*(?:import[ \t]+)?(?:([\w.]+)[ \t]+)?"([^"]+)"/u.exec(spec) ?? [];
    if (path === "" || alias === "_" || alias === ".") return true;
    const name = alias ?? toPackageName(path);
    return new RegExp(`\\b${name}\\.`, "u").test(rest);
  };
  if (!block.includes("(")) return isUsed(block) ? text : text.replace(`${block}\n`, () => "");
  const kept = block.split("\n").filter((line) => !line.includes('"') || isUsed(line));
  return text.replace(block, () => kept.join("\n"));
}

/** The last part of its path, as packages are mostly named; `v2` at the end is a version. */
function toPackageName(path: string): string {
  const parts = path.split("/").filter((part) => !/^v\d+$/u.test(part));
  return (parts.at(-1) ?? path).replace(/^go-|[-.]go$/u, "").replaceAll("-", "_");
}
