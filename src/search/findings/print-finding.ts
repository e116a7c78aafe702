import {
  FIXTURE_FILES,
  type ExportPath,
  type Statement,
  type TestProgram,
  type ValueGene,
} from "../../contract/program.ts";
import type { ModuleSystem, RunnerName } from "../../contract/project.ts";
import { childrenOf } from "../values/walk-value.ts";
import type { SuspectedFinding } from "./judge.ts";
import {
  isIdentifier,
  printMember,
  printStatement,
  printText,
  type CodeNames,
} from "./print-code.ts";
import { describeType, toCondition } from "./type-text.ts";

/** How the printed test is going to be run. */
export interface FindingTestTarget {
  readonly runner: RunnerName;
  /** Module system of the module under test. */
  readonly system: ModuleSystem;
  /** What the test imports, relative to where it would stand: `../index.js`. */
  readonly importPath: string;
}

/** Time after which a call that never returns is given up, ms. */
const HANG_TIMEOUT_MS = 5_000;

/** A complete test file that asserts what the declaration promises, and fails on the present code. */
export function printFindingTest(
  finding: Pick<SuspectedFinding, "program" | "statement" | "promise" | "summary">,
  target: FindingTestTarget,
): string {
  const imports = planImports(finding.program, target);
  const names = nameResults(finding.program, imports);
  const body =
    finding.promise.kind === "ends"
      ? printHang(finding.program, names, target, imports)
      : printBody(finding, names, target);
  const fixture = finding.program.usesFixture ? printFixture() : [];
  const isAsync = [...fixture, ...body].some((line) => /\bawait\b/.test(line));
  const lines = [
    ...printHeader(finding, target, imports),
    "",
    `test(${printText(toTitle(finding))}, ${isAsync ? "async " : ""}() => {`,
    ...[...fixture, ...body].map((line) => (line === "" ? "" : `  ${line}`)),
    "});",
  ];
  return `${lines.join("\n")}\n`;
}

type Promised = Pick<SuspectedFinding, "program" | "statement" | "promise" | "summary">;

function toTitle({ program, statement, promise }: Promised): string {
  const called = program.statements[statement];
  const name = called === undefined ? "the call" : nameOf(called);
  switch (promise.kind) {
    case "does-not-throw":
      return `${name} accepts what its types allow`;
    case "is-of-type":
      return `${name} returns ${describeType(promise.type)}`;
    case "ends":
      return `${name} returns`;
    case "equals-statement":
      return `${name} answers the same for the same call`;
  }
}

function nameOf(statement: Statement): string {
  switch (statement.kind) {
    case "call":
    case "new":
      return statement.callee.filter((part) => part !== "default").join(".") || "the export";
    case "method":
    case "get":
    case "set":
      return statement.name;
    case "call-with-callback":
      return "receiver" in statement.callee
        ? statement.callee.name
        : statement.callee.filter((part) => part !== "default").join(".") || "the export";
    default:
      return "the result";
  }
}

interface ImportPlan {
  readonly lines: readonly string[];
  readonly path: (path: ExportPath) => string;
  /** Names that results must not take. */
  readonly taken: ReadonlySet<string>;
  readonly isModule: boolean;
}

function planImports(program: TestProgram, target: FindingTestTarget): ImportPlan {
  const roots = [...new Set(collectPaths(program).map((path) => path[0] ?? "default"))];
  const isModule = target.runner === "vitest" || target.system === "esm";
  const from = printText(target.importPath);
  const named = roots.filter((root) => root !== "default");
  const isPlain = named.every((name) => isIdentifier(name) && !RESERVED.has(name));
  const path =
    (base: string | null) =>
    ([root = "default", ...rest]: ExportPath): string => {
      const start = root === "default" ? "target" : base === null ? root : printMember(base, root);
      return rest.reduce(printMember, start);
    };
  if (target.system === "commonjs") {
    if (isPlain && !roots.includes("default")) {
      const lines = isModule
        ? [`import target from ${from};`, "", `const { ${named.join(", ")} } = target;`]
        : [`const { ${named.join(", ")} } = require(${from});`];
      return { lines, path: path(null), taken: new Set([...named, "target"]), isModule };
    }
    const line = isModule ? `import target from ${from};` : `const target = require(${from});`;
    return { lines: [line], path: path("target"), taken: new Set(["target"]), isModule };
  }
  if (!isPlain) {
    const line = `import * as module from ${from};`;
    const whole = ([root = "default", ...rest]: ExportPath): string =>
      rest.reduce(printMember, printMember("module", root));
    return { lines: [line], path: whole, taken: new Set(["module"]), isModule };
  }
  const parts = [
    ...(roots.includes("default") ? ["target"] : []),
    ...(named.length > 0 ? [`{ ${named.join(", ")} }`] : []),
  ];
  return {
    lines: [`import ${parts.join(", ")} from ${from};`],
    path: path(null),
    taken: new Set([...named, "target"]),
    isModule,
  };
}

const RESERVED: ReadonlySet<string> = new Set(
  (
    "break case catch class const continue debugger default delete do else enum export extends false finally for function if " +
    "implements import in instanceof interface let new null package private protected public return static super switch this throw " +
    "true try typeof var void while with yield await async arguments eval test expect assert require module exports undefined"
  ).split(" "),
);

function collectPaths(program: TestProgram): readonly ExportPath[] {
  const paths: ExportPath[] = [];
  const walk = (gene: ValueGene): void => {
    if (gene.kind === "export") paths.push(gene.path);
    else for (const child of childrenOf(gene)) walk(child);
  };
  for (const statement of program.statements) {
    if (
      "callee" in statement &&
      typeof statement.callee === "object" &&
      !("receiver" in statement.callee)
    ) {
      paths.push(statement.callee);
    }
    if ("args" in statement) for (const arg of statement.args) walk(arg);
    if (statement.kind === "set") walk(statement.value);
  }
  return paths;
}

function nameResults(program: TestProgram, imports: ImportPlan): CodeNames {
  const used = new Set([...imports.taken, ...RESERVED]);
  const labels = program.statements.map((statement) => {
    const base = toLabel(statement);
    let label = base;
    for (let count = 2; used.has(label); count += 1) label = `${base}${count}`;
    used.add(label);
    return label;
  });
  return { ref: (statement) => labels[statement] ?? "undefined", path: imports.path };
}

function toLabel(statement: Statement): string {
  if (statement.kind === "new") {
    const name = statement.callee.findLast((part) => part !== "default") ?? "instance";
    const label = name.charAt(0).toLowerCase() + name.slice(1);
    return isIdentifier(label) ? label : "instance";
  }
  return statement.kind === "get" && isIdentifier(statement.name) ? statement.name : "result";
}

function printHeader(
  finding: Promised,
  target: FindingTestTarget,
  imports: ImportPlan,
): readonly string[] {
  const needsChild = finding.promise.kind === "ends";
  const builtins = [
    ...(needsChild ? [["{ execFileSync }", "node:child_process"] as const] : []),
    ...(finding.program.usesFixture
      ? ([
          ["{ mkdirSync, mkdtempSync, writeFileSync }", "node:fs"],
          ["{ tmpdir }", "node:os"],
          ["{ dirname, join }", "node:path"],
        ] as const)
      : []),
    ...(usesAssert(target.runner) && !needsChild
      ? [["assert", "node:assert/strict"] as const]
      : []),
    ...(target.runner === "node" ? [["{ test }", "node:test"] as const] : []),
    ...(target.runner === "vitest"
      ? [[needsChild ? "{ test }" : "{ expect, test }", "vitest"] as const]
      : []),
  ];
  const lines = builtins.map(([names, from]) =>
    imports.isModule ? `import ${names} from "${from}";` : `const ${names} = require("${from}");`,
  );
  const mocha = target.runner === "mocha" ? ["", "const test = it;"] : [];
  return [
    `// ${oneLine(finding.summary)}`,
    ...lines,
    ...(needsChild ? [] : imports.lines),
    ...mocha,
  ];
}

function usesAssert(runner: RunnerName): boolean {
  return runner === "node" || runner === "mocha";
}

function oneLine(text: string): string {
  return text.replace(/[\s\u2028\u2029]+/g, " ").slice(0, 300);
}

function printBody(
  finding: Promised,
  names: CodeNames,
  target: FindingTestTarget,
): readonly string[] {
  const { program, statement: focus, promise } = finding;
  const lines: string[] = [];
  for (const [index, statement] of program.statements.entries()) {
    const isNeeded =
      index === focus || isReferred(program, index) || promise.kind === "equals-statement";
    const code = printStatement(statement, names);
    const awaited = isAwaited(statement) ? `await ${code}` : code;
    if (index === focus && promise.kind === "does-not-throw") {
      lines.push(printNoThrow(code, isAwaited(statement), target.runner));
      break;
    }
    lines.push(
      isNeeded && statement.kind !== "set"
        ? `const ${names.ref(index)} = ${awaited};`
        : `${awaited};`,
    );
    if (index === focus) break;
  }
  if (promise.kind === "is-of-type") {
    const condition = toCondition(promise.type, names.ref(focus)) ?? "true";
    lines.push(
      usesAssert(target.runner)
        ? `assert.ok(${condition}, ${printText(`expected ${describeType(promise.type)}`)});`
        : `expect(${condition}).toBe(true);`,
    );
  }
  if (promise.kind === "equals-statement") {
    const [actual, expected] = [names.ref(focus), names.ref(promise.statement)];
    lines.push(
      usesAssert(target.runner)
        ? `assert.deepEqual(${actual}, ${expected});`
        : `expect(${actual}).toEqual(${expected});`,
    );
  }
  return lines;
}

function printNoThrow(code: string, isAsync: boolean, runner: RunnerName): string {
  if (usesAssert(runner)) {
    return isAsync
      ? `await assert.doesNotReject(async () => ${code});`
      : `assert.doesNotThrow(() => ${code});`;
  }
  return isAsync
    ? `await expect((async () => ${code})()).resolves.not.toThrow();`
    : `expect(() => ${code}).not.toThrow();`;
}

function isAwaited(statement: Statement): boolean {
  if (statement.kind === "call-with-callback" || statement.kind === "wait-event") return true;
  return statement.kind !== "iterate" && "awaits" in statement && statement.awaits;
}

function isReferred(program: TestProgram, index: number): boolean {
  return program.statements.some((statement) => {
    if ("receiver" in statement && statement.receiver === index) return true;
    if (statement.kind === "call-value" && statement.callee === index) return true;
    if (
      statement.kind === "call-with-callback" &&
      "receiver" in statement.callee &&
      statement.callee.receiver === index
    ) {
      return true;
    }
    const args =
      "args" in statement ? statement.args : statement.kind === "set" ? [statement.value] : [];
    return args.some((arg) => holdsRef(arg, index));
  });
}

function holdsRef(gene: ValueGene, index: number): boolean {
  return gene.kind === "ref"
    ? gene.statement === index
    : childrenOf(gene).some((child) => holdsRef(child, index));
}

/** The call runs in a process of its own, for no test runner can stop a loop in its own thread. */
function printHang(
  program: TestProgram,
  names: CodeNames,
  target: FindingTestTarget,
  imports: ImportPlan,
): readonly string[] {
  const statements = program.statements.map((statement, index) => {
    const code = printStatement(statement, names);
    const awaited = isAwaited(statement) ? `await ${code}` : code;
    return isReferred(program, index) ? `const ${names.ref(index)} = ${awaited};` : `${awaited};`;
  });
  const needsAwait = statements.some((line) => line.includes("await "));
  const isModule = target.system === "esm" || imports.isModule;
  const code = !isModule && needsAwait ? ["(async () => {", ...statements, "})();"] : statements;
  const script = [...imports.lines.filter((line) => line !== ""), ...code];
  return [
    "const script = [",
    ...script.map((line) => `  ${printText(line)},`),
    '].join("\\n");',
    isModule
      ? 'const args = ["--input-type=module", "-e", script];'
      : 'const args = ["-e", script];',
    `execFileSync(process.execPath, args, { cwd: ${isModule ? "import.meta.dirname" : "__dirname"}, timeout: ${HANG_TIMEOUT_MS} });`,
  ];
}

function printFixture(): readonly string[] {
  return [
    'process.chdir(mkdtempSync(join(tmpdir(), "finding-")));',
    ...Object.entries(FIXTURE_FILES).flatMap(([path, content]) => {
      if (path.endsWith("/")) return [`mkdirSync(${printText(path.slice(0, -1))});`];
      const write = `writeFileSync(${printText(path)}, ${printText(content)});`;
      return path.includes("/")
        ? [`mkdirSync(dirname(${printText(path)}), { recursive: true });`, write]
        : [write];
    }),
    "",
  ];
}
