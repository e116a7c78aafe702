import { posix } from "node:path";

import type { ExportPath, TestProgram } from "../../contract/program.ts";
import type { Recording } from "../../contract/snapshot.ts";
import { exportsOf } from "../program/references.ts";
import { isTaken, toCamelCase, toPascalCase } from "./names.ts";

/** What the tests of one module use of it. */
export interface ModuleUse {
  readonly module: string;
  /** The name for the module as a whole, and for its default export. */
  readonly name: string;
  readonly used: readonly ExportPath[];
  /** Export paths that are constructed. */
  readonly constructed: readonly ExportPath[];
}

/** Looks through all tests of a module, so that each file and title names things alike. */
export function surveyModule(
  module: string,
  packageName: string,
  tests: readonly { readonly program: TestProgram; readonly recording: Recording }[],
): ModuleUse {
  const used = new Map<string, ExportPath>();
  const constructed = new Map<string, ExportPath>();
  let defaultClass: string | null = null;
  for (const { program, recording } of tests) {
    program.statements.forEach((statement, index) => {
      for (const path of exportsOf(statement)) used.set(path.join("."), path);
      if (statement.kind !== "new") return;
      constructed.set(statement.callee.join("."), statement.callee);
      const outcome = recording.outcomes[index];
      const value = outcome?.kind === "returned" ? outcome.value : null;
      const isDefault = statement.callee.length === 1 && statement.callee[0] === "default";
      if (isDefault && value?.kind === "object" && /^[A-Z]\w+$/.test(value.className)) {
        defaultClass ??= value.className === "Object" ? null : value.className;
      }
    });
  }
  const name = nameWhole(module, packageName, constructed.has("default"), defaultClass);
  return { module, name, used: [...used.values()], constructed: [...constructed.values()] };
}

/** `["Complex", "prototype", "add"]` as a reader writes it: `Complex#add`. */
export function toDisplayPath(path: ExportPath, use: Pick<ModuleUse, "name">): string {
  const names = path.map((name, index) => (index === 0 && name === "default" ? use.name : name));
  return names.join(".").replace(".prototype.", "#");
}

/** `complex.js` → `complex`; the class it constructs, or the package's name for an index file. */
function nameWhole(
  module: string,
  packageName: string,
  isClass: boolean,
  defaultClass: string | null,
): string {
  const base = posix.basename(module).replace(/(?:\.(?:min|umd|cjs|esm|js))*\.[cm]?[jt]sx?$/, "");
  const isGeneric = /^(?:index|main|mod|lib|src|dist)$/i.test(base);
  const plain = isGeneric ? packageName.replace(/^@[^/]*\//, "").replace(/\.js$/, "") : base;
  const name = isClass ? (defaultClass ?? toPascalCase(plain)) : toCamelCase(plain, "subject");
  return isTaken(name) ? `${name}Module` : name;
}
