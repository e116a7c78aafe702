import { posix } from "node:path";
import type { CallableHint } from "../../contract/api-model.ts";
import type { ExportPath } from "../../contract/program.ts";
import type { EntryPoint, ProjectInfo } from "../../contract/project.ts";
import type { Implementation } from "../api/implementations.ts";
import { type FileSet, resolveRelative } from "../project/resolve-path.ts";
import { type Abstract, UNKNOWN } from "./abstract.ts";
import type { Surroundings } from "./reader-core.ts";

export interface SurroundingsInput {
  readonly tree: FileSet;
  readonly project: ProjectInfo;
  readonly entry: EntryPoint;
  readonly callables: readonly CallableHint[];
  readonly implementations: readonly Implementation[];
  /** Files behind the entry; importing one of them gives exports of the same names. */
  readonly reachable: readonly string[];
  /** True when the module works on files, so that programs run in the fixture folder. */
  readonly usesFiles: boolean;
}

/** Tells what names and imports of a snippet mean for one entry module. */
export function createSurroundings(input: SurroundingsInput): Surroundings {
  const { entry, project } = input;
  const paths = new Map<string, ExportPath>();
  for (const { path } of input.callables) {
    const [first] = path;
    if (first !== undefined && !paths.has(first)) paths.set(first, [first]);
  }
  const whole = input.implementations.find(
    ({ path }) => path.length === 1 && path[0] === "default",
  );
  const hasDefault = paths.has("default");
  const isWhole = entry.system === "commonjs" && whole !== undefined;
  const moduleValue: Abstract = hasDefault
    ? { kind: "export", path: ["default"] }
    : { kind: "namespace" };
  const packageNames = namesOfPackage(project.name, whole?.name ?? null);

  const member = (base: Abstract, name: string): Abstract => {
    if (base.kind === "namespace") return { kind: "export", path: [name] };
    if (base.kind === "sibling") {
      if (name === "default") return fromStem(base.name);
      const path = paths.get(name);
      return path === undefined ? UNKNOWN : { kind: "export", path };
    }
    if (base.kind !== "export") return UNKNOWN;
    const isDefault = base.path.length === 1 && base.path[0] === "default";
    // Members of `module.exports` itself are named without the leading `default`.
    if (isDefault && name === "default") return base;
    if (
      isDefault &&
      (isWhole ||
        (!input.callables.some((c) => startsWith(c.path, ["default", name])) && paths.has(name)))
    ) {
      return { kind: "export", path: [name] };
    }
    return { kind: "export", path: [...base.path, name] };
  };

  const fromStem = (stem: string): Abstract => {
    for (const name of [stem, camelCase(stem), pascalCase(stem)]) {
      const path = paths.get(name);
      if (path !== undefined) return { kind: "export", path };
      if (packageNames.has(name)) return moduleValue;
    }
    return UNKNOWN;
  };

  return {
    member,
    name: (identifier) => {
      const path = paths.get(identifier);
      const isPackage = packageNames.has(identifier);
      if (isPackage && (hasDefault || path === undefined)) return moduleValue;
      if (path !== undefined && identifier !== "default") return { kind: "export", path };
      const file = input.usesFiles ? pathOfName(identifier) : null;
      return file === null ? UNKNOWN : { kind: "gene", gene: { kind: "string", value: file } };
    },
    module: (specifier, fromFile) => resolveModule(input, specifier, fromFile),
  };
}

function startsWith(path: ExportPath, prefix: ExportPath): boolean {
  return prefix.every((part, index) => path[index] === part);
}

function resolveModule(input: SurroundingsInput, specifier: string, fromFile: string): Abstract {
  const { entry, project, tree } = input;
  const namespace: Abstract = { kind: "namespace" };
  if (specifier === project.name) return entry.specifier === "." ? namespace : UNKNOWN;
  if (specifier.startsWith(`${project.name}/`)) {
    const rest = specifier.slice(project.name.length + 1);
    if (entry.specifier === `./${rest}`) return namespace;
    return { kind: "sibling", name: stemOf(rest) };
  }
  if (!specifier.startsWith(".")) return UNKNOWN;
  const file = resolveRelative(tree, fromFile, specifier);
  if (file === entry.file) return namespace;
  const stem = stemOf(file ?? specifier);
  // A README's `require("./complex")`, or a test of the source whose build is the entry.
  const isEntryName = stem === stemOf(entry.file) || /^(?:\.\.?\/?)+$/.test(specifier);
  if (file === null || !input.reachable.includes(file)) {
    return isEntryName && entry.specifier === "." ? namespace : { kind: "sibling", name: stem };
  }
  return { kind: "sibling", name: stem };
}

/** What `srcDir`, `inputFile`, `destination` of a documentation example may stand for in the fixture. */
function pathOfName(identifier: string): string | null {
  if (/dest|target|output|out(?:File|Dir|Path)?$/i.test(identifier)) return "out.txt";
  if (/dir(?:ectory|name)?$|folder$|root$/i.test(identifier)) return "dir";
  return /file(?:name|path)?$|^path$|^src$|source|input/i.test(identifier) ? "file.txt" : null;
}

function stemOf(path: string): string {
  const base = posix.basename(path).replace(/\.[cm]?[jt]sx?$/, "");
  return base === "index" ? posix.basename(posix.dirname(path)) : base;
}

/** Names under which documentation calls a package: `quill-delta` → quillDelta, Delta; `complex.js` → Complex. */
function namesOfPackage(packageName: string, ownName: string | null): ReadonlySet<string> {
  const short = packageName.replace(/^@[^/]+\//, "").replace(/[.-]?js$/i, "");
  const last = short.split(/[-._]/).at(-1) ?? short;
  return new Set(
    [camelCase(short), pascalCase(short), camelCase(last), pascalCase(last), ownName].filter(
      (name): name is string => name !== null && /^[A-Za-z_$][\w$]*$/.test(name),
    ),
  );
}

function camelCase(text: string): string {
  return text.replace(/[-._]+(\w)/g, (_match, letter: string) => letter.toUpperCase());
}

function pascalCase(text: string): string {
  const camel = camelCase(text);
  return camel.slice(0, 1).toUpperCase() + camel.slice(1);
}
