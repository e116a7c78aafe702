import { parse } from "@babel/parser";
import type { CallExpression, Node, Statement } from "@babel/types";

/** A test file that an answer holds. */
export interface AnswerFile {
  /** Relative to the module's folder. */
  readonly path: string;
  readonly code: string;
}

const CODE_LANGUAGES = new Set(["js", "javascript", "mjs", "cjs", "ts", "typescript", ""]);
const TEST_CALL = /\b(?:test|it)\(/u;

/**
 * The test files of an answer, as this corpus means them to be read. It is the corpus's own reading,
 * kept apart from the product's, so that one can be held against the other.
 *
 * A fenced block is a file when it holds a test call; its path is what a first line `// file: …` says.
 * Where there is no fence, the file is everything from the first line that looks like code on.
 */
export function toAnswerFiles(text: string): readonly AnswerFile[] {
  const blocks = text.includes("```")
    ? toBlocks(text)
    : [{ language: "js", code: toBareCode(text) }];
  return blocks
    .filter(({ language, code }) => CODE_LANGUAGES.has(language) && TEST_CALL.test(code))
    .map(({ language, code }, index) => ({
      path: /^\/\/ file: (\S+)/u.exec(code)?.[1] ?? toDefaultPath(language, code, index),
      code,
    }));
}

interface Block {
  readonly language: string;
  readonly code: string;
}

/** A block that was cut off ends with the text. */
function toBlocks(text: string): Block[] {
  return [...text.matchAll(/^```(\w*)\n([^]*?)(?:^```$|(?![^]))/gmu)].map(
    ([, language = "", code = ""]) => ({ language, code }),
  );
}

function toBareCode(text: string): string {
  const lines = text.split("\n");
  const start = lines.findIndex((line) =>
    /^(?:import|const|let|describe|test|it|\/\/)\b/u.test(line),
  );
  return lines.slice(Math.max(start, 0)).join("\n");
}

function toDefaultPath(language: string, code: string, index: number): string {
  const isCommonJs = !/^import\s/mu.test(code) && /\brequire\(/u.test(code);
  const extension = language.startsWith("t") ? "ts" : isCommonJs ? "cjs" : "js";
  return `test/answer-${String(index + 1)}.test.${extension}`;
}

export type ParsedFile =
  | { readonly kind: "parsed"; readonly tests: readonly TestCall[]; readonly body: Statement[] }
  /** `titles` are read from the text that does not parse. */
  | { readonly kind: "syntax-error"; readonly message: string; readonly titles: readonly string[] };

export interface TestCall {
  readonly title: string;
  /** Text of the whole call. */
  readonly source: string;
}

/** The calls of `test` and `it` of a file, in the order of the text. */
export function parseAnswerFile({ path, code }: AnswerFile): ParsedFile {
  const isTypeScript = path.endsWith(".ts");
  try {
    const { program } = parse(code, {
      sourceType: path.endsWith(".cjs") ? "commonjs" : "module",
      plugins: isTypeScript ? ["typescript"] : [],
    });
    const tests = findTestCalls(program).map(({ call, title }) => ({
      title,
      source: code.slice(call.start ?? 0, call.end ?? 0),
    }));
    return { kind: "parsed", tests, body: program.body };
  } catch (thrown) {
    const titles = [...code.matchAll(/\b(?:test|it)\(\s*["'`“]([^"'`”]+)["'`”]/gu)];
    return {
      kind: "syntax-error",
      message: String(thrown),
      titles: titles.map(([, title]) => title ?? ""),
    };
  }
}

interface FoundCall {
  readonly call: CallExpression;
  readonly title: string;
}

function findTestCalls(node: Node): FoundCall[] {
  const found: FoundCall[] = [];
  const title = toTestTitle(node);
  if (title !== null) found.push({ call: node as CallExpression, title });
  for (const child of toChildren(node)) found.push(...findTestCalls(child));
  return found;
}

function toTestTitle(node: Node): string | null {
  if (node.type !== "CallExpression" || node.callee.type !== "Identifier") return null;
  if (node.callee.name !== "test" && node.callee.name !== "it") return null;
  const [title] = node.arguments;
  return title?.type === "StringLiteral" ? title.value : null;
}

function toChildren(node: Node): Node[] {
  return Object.entries(node)
    .filter(([key]) => key !== "loc" && !key.endsWith("Comments"))
    .flatMap(([, value]: [string, unknown]) =>
      Array.isArray(value) ? (value as unknown[]) : [value],
    )
    .filter(
      (value): value is Node => typeof value === "object" && value !== null && "type" in value,
    );
}

/** The file with the tests of its top level in reverse order. */
export function reverseTests(file: AnswerFile): AnswerFile {
  const parsed = parseAnswerFile(file);
  if (parsed.kind === "syntax-error") return file;
  const slots = parsed.body.filter(
    (statement) =>
      statement.type === "ExpressionStatement" && toTestTitle(statement.expression) !== null,
  );
  const texts = slots.map(({ start, end }) => file.code.slice(start ?? 0, end ?? 0)).reverse();
  let code = "";
  let at = 0;
  for (const [index, slot] of slots.entries()) {
    code += file.code.slice(at, slot.start ?? 0) + (texts[index] ?? "");
    at = slot.end ?? 0;
  }
  return { path: file.path, code: code + file.code.slice(at) };
}
