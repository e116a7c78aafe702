import { posix } from "node:path";

import type { ExportPath } from "../../contract/program.ts";
import type { ModuleUse } from "../naming/name-module.ts";
import { isTaken, toCamelCase, type NameScope } from "../naming/names.ts";
import { isIdentifierName, toMember, toStringLiteral } from "../values/literals.ts";
import type { ModuleFacts, ProjectFacts } from "./project-facts.ts";

/** How one test file gets at the exports of its module. */
export interface ExportBindings {
  /** Expression of an export; what it needs is imported from then on. */
  readonly exportOf: (path: ExportPath) => string;
  /** The import or require lines for everything asked for so far. */
  readonly importLines: () => string[];
}

export interface BindingInput {
  readonly module: string;
  readonly facts: ModuleFacts;
  readonly testFile: string;
  /** True when the test file itself is CommonJS. */
  readonly usesRequire: boolean;
  /** True when the runner offers what a compiled CommonJS module exports as named exports (Vitest). */
  readonly hasInterop: boolean;
  readonly typeScriptImports: ProjectFacts["typeScriptImports"];
  readonly use: ModuleUse;
}

/** Chooses between named imports, a default import, destructuring and the whole module. */
export function bindExports(given: BindingInput, names: NameScope): ExportBindings {
  const isInterop = given.hasInterop && given.facts.isCompiled;
  const input: BindingInput = isInterop
    ? { ...given, facts: { ...given.facts, system: "esm" } }
    : given;
  const specifier = toStringLiteral(toSpecifier(input));
  const isWhole = (path: ExportPath): boolean =>
    path[0] === "default" && (input.facts.system === "esm" || !input.facts.hasDefaultProperty);
  const needsObject =
    input.facts.system === "commonjs" &&
    input.use.used.some((path) => !isWhole(path) && !canDestructure(path, input));
  if (input.facts.system === "commonjs" && (needsObject || input.use.used.some(isWhole))) {
    return bindObject(input, names, specifier, isWhole);
  }
  return bindNames(input, names, specifier);
}

/** One name for `module.exports`; exports are its members. */
function bindObject(
  input: BindingInput,
  names: NameScope,
  specifier: string,
  isWhole: (path: ExportPath) => boolean,
): ExportBindings {
  const name = names.take(input.use.name);
  return {
    exportOf: (path) => [name, ...(isWhole(path) ? path.slice(1) : path).map(toMember)].join(""),
    importLines: () => [
      input.usesRequire
        ? `const ${name} = require(${specifier});`
        : `import ${name} from ${specifier};`,
    ],
  };
}

/** A name for each export. */
function bindNames(input: BindingInput, names: NameScope, specifier: string): ExportBindings {
  const locals = new Map<string, string>();
  const localOf = (root: string): string => {
    const known = locals.get(root);
    if (known !== undefined) return known;
    const wanted =
      root === "default" ? input.use.name : isIdentifierName(root) ? root : toCamelCase(root);
    const local = names.take(isTaken(wanted) ? `${wanted}Export` : wanted);
    locals.set(root, local);
    return local;
  };
  for (const [root] of input.use.used) if (root !== undefined) localOf(root);
  return {
    exportOf: ([root = "default", ...rest]) => [localOf(root), ...rest.map(toMember)].join(""),
    importLines: () => printNames(locals, input, specifier),
  };
}

function printNames(
  locals: ReadonlyMap<string, string>,
  input: BindingInput,
  specifier: string,
): string[] {
  const isCommonJs = input.facts.system === "commonjs";
  const members = [...locals]
    .filter(([root]) => isCommonJs || root !== "default")
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([root, local]) => {
      const exported = isIdentifierName(root) ? root : toStringLiteral(root);
      if (exported === local) return local;
      return isCommonJs ? `${exported}: ${local}` : `${exported} as ${local}`;
    });
  const names = members.length === 0 ? null : `{ ${members.join(", ")} }`;
  if (isCommonJs && input.usesRequire)
    return [wrapLine(`const ${names ?? "{}"} = require(${specifier});`)];
  if (isCommonJs) {
    return [
      `import moduleExports from ${specifier};`,
      wrapLine(`const ${names ?? "{}"} = moduleExports;`),
    ];
  }
  const parts = [locals.get("default"), names].filter(
    (part) => part !== undefined && part !== null,
  );
  return [wrapLine(`import ${parts.join(", ")} from ${specifier};`)];
}

/** A line with its names one below the other where it is too long. */
function wrapLine(line: string): string {
  if (line.length <= 80) return line;
  return line.replace(/\{ (.*) \}/, (_braces, names: string) => {
    return `{\n  ${names.split(", ").join(",\n  ")},\n}`;
  });
}

/** Whether a CommonJS export may stand alone: a class, or a function that never looks at `this`. */
function canDestructure(path: ExportPath, input: BindingInput): boolean {
  const isConstructed = input.use.constructed.some((other) => other[0] === path[0]);
  return path.length > 1 || isConstructed || !input.facts.mayUseThis;
}

function toSpecifier(input: BindingInput): string {
  const relative = posix.relative(posix.dirname(input.testFile), input.module);
  const path = relative.startsWith(".") ? relative : `./${relative}`;
  if (!input.facts.isTypeScript || input.typeScriptImports === ".ts") return path;
  if (input.typeScriptImports === ".js") return path.replace(/\.([cm]?)tsx?$/, ".$1js");
  return path.replace(/\.tsx?$/, "");
}
