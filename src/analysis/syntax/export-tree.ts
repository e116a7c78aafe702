import type { Node, Program } from "@babel/types";
import type { ExportPath } from "../../contract/program.ts";
import type { AliasResolver } from "../project/reachability.ts";
import { type FileSet, resolveRelative } from "../project/resolve-path.ts";
import type { SourceIndex } from "../project/source-index.ts";
import { EXPORTS_NAME, indexModule, type ModuleIndex } from "./module-index.ts";
import { namedExports } from "./esm-exports.ts";
import { unwrap } from "./names.ts";
import { lazily, returnedShape, type Shape, toShape, withMembers } from "./shapes.ts";
import { findFirst, type FunctionNode, isFunctionNode } from "./walk.ts";

/** What following exports across files needs. */
export interface ExportContext {
  readonly tree: FileSet;
  readonly index: SourceIndex;
  readonly resolveAlias: AliasResolver;
}

/** A callable found by syntax alone. */
export interface StaticCallable {
  readonly path: ExportPath;
  readonly kind: "function" | "constructor" | "method";
  /** Project-relative file of its code. */
  readonly file: string;
  readonly node: FunctionNode | null;
  readonly site: Node;
  /** Its own name in the source, which may differ from the export's. */
  readonly name: string | null;
}

/** The exports of one module, followed through re-exports. */
export interface ExportList {
  readonly callables: readonly StaticCallable[];
  readonly names: readonly string[];
  /** False when exports are put together in a way that syntax does not show. */
  readonly isComplete: boolean;
}

interface Located {
  readonly shape: Shape;
  readonly file: string;
}

interface ModuleExports {
  readonly names: Map<string, Located>;
  /** The CommonJS `module.exports` value, when it is one. */
  whole: Located | null;
  isComplete: boolean;
}

const MAX_HOPS = 12;
const MAX_CALLABLES = 3_000;

/** Names that `file` exports. */
export async function listExportNames(
  context: ExportContext,
  file: string,
): Promise<{ readonly names: readonly string[]; readonly isComplete: boolean }> {
  return listExports(context, file);
}

/** Follows what `file` exports, without running anything. */
export async function listExports(context: ExportContext, file: string): Promise<ExportList> {
  const reader = createReader(context);
  const found = await reader.exportsOf(file, 0);
  const callables: StaticCallable[] = [];
  const seen = new Set<Node>();
  const emit = async (path: ExportPath, located: Located, depth: number): Promise<void> => {
    if (callables.length >= MAX_CALLABLES || depth > 4) return;
    const { shape, file: at } = await reader.follow(located, 0);
    if (shape.kind === "object") {
      for (const [name, member] of await reader.membersOf({ shape, file: at }, 0)) {
        await emit([...path, name], member, depth + 1);
      }
    }
    if (shape.kind !== "callable") return;
    // A class that holds itself or its instances would list its methods without end.
    const isAlias = seen.has(shape.site);
    if (isAlias && depth > 0) return;
    seen.add(shape.site);
    callables.push(toCallable(path, shape.isClass ? "constructor" : "function", shape, at));
    for (const [name, method] of await reader.methodsOf({ shape, file: at }, 0)) {
      const { shape: code, file: where } = await reader.follow(method, 0);
      if (code.kind !== "callable") continue;
      seen.add(code.site);
      callables.push(toCallable([...path, "prototype", name], "method", code, where));
    }
    if (isAlias) return;
    // Members of `module.exports` itself are named without the leading `default`.
    const isWhole = found.whole !== null && path.length === 1 && path[0] === "default";
    const base = isWhole ? [] : path;
    for (const [name, member] of shape.members()) {
      await emit([...base, name], { shape: member, file: at }, depth + 1);
    }
  };
  if (found.whole !== null) await emit(["default"], found.whole, 0);
  for (const [name, located] of found.names) await emit([name], located, 0);
  if (callables.length === 0 && !found.isComplete) {
    callables.push(...(await assignedMembers(context, file)));
  }
  const names = new Set([
    ...(found.whole === null ? [] : ["default"]),
    ...found.names.keys(),
    ...callables.map((callable) => callable.path[0] ?? ""),
  ]);
  return { callables: dedupe(callables), names: [...names], isComplete: found.isComplete };
}

/**
 * Functions that a file assigns to members of anything (`fs.readFile = readFile`). Where `module.exports` is put
 * together at run time they are likely members of it; names that turn out missing do no harm.
 */
async function assignedMembers(
  context: ExportContext,
  file: string,
): Promise<readonly StaticCallable[]> {
  const { ast } = await context.index.get(file);
  if (ast === null) return [];
  const index = indexModule(ast.program);
  return [...index.members.values()].flat().flatMap(([name, node]) => {
    const shape = toShape(index, node);
    return shape.kind === "callable" ? [toCallable([name], "function", shape, file)] : [];
  });
}

function toCallable(
  path: ExportPath,
  kind: StaticCallable["kind"],
  shape: Extract<Shape, { kind: "callable" }>,
  file: string,
): StaticCallable {
  return { path, kind, file, node: shape.node, site: shape.site, name: shape.name };
}

function dedupe(callables: readonly StaticCallable[]): readonly StaticCallable[] {
  const seen = new Map<string, StaticCallable>();
  for (const callable of callables) {
    const key = callable.path.join("\0");
    if (!seen.has(key)) seen.set(key, callable);
  }
  return [...seen.values()];
}

interface Reader {
  exportsOf(file: string, hops: number): Promise<ModuleExports>;
  follow(located: Located, hops: number): Promise<Located>;
  membersOf(located: Located, hops: number): Promise<ReadonlyMap<string, Located>>;
  methodsOf(located: Located, hops: number): Promise<ReadonlyMap<string, Located>>;
}

function createReader(context: ExportContext): Reader {
  const cache = new Map<string, ModuleExports>();
  const resolveSpecifier = (specifier: string, from: string): string | null =>
    specifier.startsWith(".")
      ? resolveRelative(context.tree, from, specifier)
      : context.resolveAlias(specifier, from);

  const reader: Reader = {
    exportsOf: async (file, hops) => {
      const known = cache.get(file);
      // In a cycle the other file sees what is there so far, as it would at run time.
      if (known !== undefined) return known;
      const result: ModuleExports = { names: new Map(), whole: null, isComplete: hops < MAX_HOPS };
      if (hops >= MAX_HOPS) return result;
      cache.set(file, result);
      await readExports(context, reader, { file, hops, result, resolveSpecifier });
      return result;
    },
    follow: async (located, hops) => {
      const { shape, file } = located;
      if (shape.kind !== "import" || hops >= MAX_HOPS) return located;
      const target = resolveSpecifier(shape.specifier, file);
      if (target === null) return { shape: { kind: "value" }, file };
      const exports = await reader.exportsOf(target, hops + 1);
      if (shape.name === "*") return wholeOf(exports, target);
      const found =
        exports.names.get(shape.name) ??
        (shape.name === "default"
          ? exports.whole
          : await memberOfWhole(reader, exports, shape.name));
      if (found === null) return { shape: { kind: "value" }, file };
      return reader.follow(found, hops + 1);
    },
    membersOf: async (located, hops) => {
      const members = new Map<string, Located>();
      const { shape, file } = await reader.follow(located, hops);
      if (hops >= MAX_HOPS || shape.kind === "value" || shape.kind === "import") return members;
      if (shape.kind === "object") {
        for (const spread of shape.spreads) {
          const inner = await reader.membersOf({ shape: spread, file }, hops + 1);
          for (const [name, member] of inner) members.set(name, member);
        }
      }
      for (const [name, member] of shape.members()) members.set(name, { shape: member, file });
      return members;
    },
    methodsOf: async (located, hops) => {
      const methods = new Map<string, Located>();
      const { shape, file } = await reader.follow(located, hops);
      if (shape.kind !== "callable" || hops >= MAX_HOPS) return methods;
      if (shape.parent !== null) {
        const inherited = await reader.methodsOf({ shape: shape.parent, file }, hops + 1);
        for (const [name, method] of inherited) methods.set(name, method);
      }
      for (const [name, method] of shape.prototype()) methods.set(name, { shape: method, file });
      return methods;
    },
  };
  return reader;
}

/** All of a module as one value: its `module.exports`, else an object of its names. */
function wholeOf(exports: ModuleExports, file: string): Located {
  if (exports.whole !== null) {
    const { shape } = exports.whole;
    const extra = [...exports.names].map(([name, located]) => [name, located.shape] as const);
    return {
      shape: withMembers(
        shape,
        lazily(() => extra),
      ),
      file: exports.whole.file,
    };
  }
  // Members of one object have to share a file; re-exported ones keep an import of their own.
  const specifier = `./${base(file)}`;
  const members = [...exports.names.keys()].map(
    (name) => [name, { kind: "import", specifier, name }] as const,
  );
  return { shape: { kind: "object", members: lazily(() => members), spreads: [] }, file };
}

function base(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}

async function memberOfWhole(
  reader: Reader,
  exports: ModuleExports,
  name: string,
): Promise<Located | null> {
  if (exports.whole === null) return null;
  return (await reader.membersOf(exports.whole, MAX_HOPS - 2)).get(name) ?? null;
}

/** One module whose exports are being filled in. */
interface Reading {
  readonly file: string;
  readonly hops: number;
  readonly result: ModuleExports;
  readonly resolveSpecifier: (specifier: string, from: string) => string | null;
}

async function readExports(
  context: ExportContext,
  reader: Reader,
  reading: Reading,
): Promise<void> {
  const { file, hops, result } = reading;
  const { ast } = await context.index.get(file);
  if (ast === null) {
    result.isComplete = false;
    return;
  }
  const index = indexModule(ast.program);
  await readEsmExports(reader, reading, ast.program, index);
  for (const node of index.wholes) {
    const shape = wholeShape(ast.program, index, node);
    const located = await reader.follow({ shape, file }, hops + 1);
    if (located.shape.kind === "value") {
      result.isComplete = false;
      continue;
    }
    await addWhole(reader, located, reading);
    break;
  }
  for (const node of index.copied) {
    const shape = toShape(index, node);
    const members = await reader.membersOf({ shape, file }, hops + 1);
    if (members.size === 0) result.isComplete = false;
    for (const [name, member] of members) result.names.set(name, member);
  }
  for (const [name, node] of index.members.get(EXPORTS_NAME) ?? []) {
    const shape = toShape(index, node);
    // `exports.a = exports.b = void 0` of TypeScript comes before the real values.
    if (shape.kind !== "value" || !result.names.has(name)) result.names.set(name, { shape, file });
  }
}

async function addWhole(reader: Reader, located: Located, reading: Reading): Promise<void> {
  const { file, hops, result } = reading;
  if (located.shape.kind === "callable") result.whole = located;
  if (located.file !== file) {
    const origin = await reader.exportsOf(located.file, hops + 1);
    if (!origin.isComplete) result.isComplete = false;
  }
  for (const [name, member] of await reader.membersOf(located, hops + 1)) {
    result.names.set(name, member);
  }
}

/** `module.exports = factory()` of a UMD wrapper: the value is what the wrapper's last argument returns. */
function wholeShape(program: Program, index: ModuleIndex, node: Node): Shape {
  const direct = toShape(index, node);
  if (direct.kind !== "value") return direct;
  const inner = unwrap(node);
  if (inner.type !== "CallExpression" || inner.callee.type !== "Identifier") return direct;
  const factory = findFirst(program, (candidate): FunctionNode | null => {
    if (candidate.type !== "CallExpression" || !isFunctionNode(unwrap(candidate.callee)))
      return null;
    const last = candidate.arguments.findLast((argument) => isFunctionNode(argument));
    return last !== undefined && isFunctionNode(last) ? last : null;
  });
  return factory === null ? direct : returnedShape(index, factory, 0);
}

async function readEsmExports(
  reader: Reader,
  { file, hops, result, resolveSpecifier }: Reading,
  program: Program,
  index: ModuleIndex,
): Promise<void> {
  for (const statement of program.body) {
    if (statement.type === "ExportDefaultDeclaration") {
      result.names.set("default", { shape: toShape(index, statement.declaration), file });
    } else if (statement.type === "ExportNamedDeclaration" && statement.exportKind !== "type") {
      for (const [name, shape] of namedExports(index, statement))
        result.names.set(name, { shape, file });
    } else if (statement.type === "ExportAllDeclaration" && statement.exportKind !== "type") {
      const target = resolveSpecifier(statement.source.value, file);
      if (target === null) {
        result.isComplete = false;
        continue;
      }
      const inner = await reader.exportsOf(target, hops + 1);
      if (!inner.isComplete) result.isComplete = false;
      for (const [name, located] of inner.names) {
        if (name !== "default" && !result.names.has(name)) result.names.set(name, located);
      }
    } else if (statement.type === "TSExportAssignment") {
      result.whole = { shape: toShape(index, statement.expression), file };
    }
  }
}
