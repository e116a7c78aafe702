import { relative, sep } from "node:path";
import type ts from "typescript";
import type { CallableHint } from "../../contract/api-model.ts";
import type { ExportPath } from "../../contract/program.ts";
import { firstSentence } from "../syntax/doc-comments.ts";
import { isLibraryType } from "./library-types.ts";
import type { TypedCallable, TypeEntry, TypeMessage, TypeRequest } from "./protocol.ts";
import { isHidden, toSignatureHint, type TypeContext } from "./type-hints.ts";
import { createTypeProgram } from "./type-program.ts";

type TypeScript = typeof ts;

const MAX_CALLABLES = 1_500;
const MAX_DEPTH = 4;
const MAX_SIGNATURES = 8;

/** Reads the callables of every entry off its types, one message an entry. Parses and checks, runs nothing. */
export function* readTypes(typescript: TypeScript, request: TypeRequest): Generator<TypeMessage> {
  const program = createTypeProgram(typescript, request);
  const checker = program.getTypeChecker();
  for (const entry of request.entries) {
    try {
      yield readEntry({ typescript, checker, program, root: request.root }, entry);
    } catch (failure) {
      // The checker may give up on hostile or broken types; the other entries still count.
      const message = failure instanceof Error ? failure.message : String(failure);
      yield { kind: "problem", file: entry.file, message: message.slice(0, 300) };
    }
  }
  yield { kind: "done" };
}

interface Reader {
  readonly typescript: TypeScript;
  readonly checker: ts.TypeChecker;
  readonly program: ts.Program;
  readonly root: string;
}

function readEntry(reader: Reader, entry: TypeEntry): TypeMessage {
  const declared = findModule(reader, entry);
  const source = entry.sourcePath === null ? null : findSource(reader, entry.sourcePath);
  if (declared === null && source === null) {
    return { kind: "problem", file: entry.file, message: "no types were found" };
  }
  const literals = new Set<string | number>();
  const callables = declared === null ? [] : readModule(reader, declared, literals);
  const known = new Set(callables.map((callable) => callable.path.join("\0")));
  // A declaration file that lags behind: what JSDoc of the source says about the rest still counts.
  const added = source === null ? [] : readModule(reader, source, literals);
  const missing = added.filter(({ path, isTyped }) => isTyped && !known.has(path.join("\0")));
  return {
    kind: "entry",
    file: entry.file,
    callables: [...callables, ...missing],
    literals: [...literals].slice(0, 300),
  };
}

function readModule(
  reader: Reader,
  module: ts.Symbol,
  literals: Set<string | number>,
): readonly TypedCallable[] {
  const { typescript, checker } = reader;
  const exports = listExports(reader, module);
  const classes = new Map<ts.Symbol, ExportPath>();
  visitValues(reader, exports, (path, symbol) => {
    const isClass = (symbol.flags & typescript.SymbolFlags.Class) !== 0;
    if (isClass && !classes.has(symbol)) classes.set(symbol, path);
  });
  const context: TypeContext = { typescript, checker, classes, literals };
  const callables: TypedCallable[] = [];
  visitValues(reader, exports, (path, symbol, type) => {
    if (callables.length >= MAX_CALLABLES) return;
    callables.push(...toCallables(reader, context, path, symbol, type));
  });
  return callables;
}

function findSource(reader: Reader, path: string): ts.Symbol | null {
  const file = reader.program.getSourceFile(path);
  return file === undefined ? null : (symbolOfFile(reader, file) ?? null);
}

/** The module symbol of the entry's file, or an ambient `declare module "name"`. */
function findModule(reader: Reader, entry: TypeEntry): ts.Symbol | null {
  const file = reader.program.getSourceFile(entry.typesPath);
  const own = file === undefined ? undefined : symbolOfFile(reader, file);
  if (own !== undefined) return own;
  const names = new Set(entry.moduleNames.map((name) => `"${name}"`));
  return reader.checker.getAmbientModules().find((symbol) => names.has(symbol.name)) ?? null;
}

/** `getSymbolAtLocation` answers for ES modules only; a CommonJS file carries its symbol itself. */
function symbolOfFile(reader: Reader, file: ts.SourceFile): ts.Symbol | undefined {
  const own = reader.checker.getSymbolAtLocation(file);
  if (own !== undefined || file.isDeclarationFile) return own;
  return "symbol" in file ? (file.symbol as ts.Symbol | undefined) : undefined;
}

type NamedExport = readonly [path: ExportPath, symbol: ts.Symbol];

interface ExportedValues {
  readonly named: readonly NamedExport[];
  /** What `export =` or `module.exports =` assigns; its path is `default`. */
  readonly whole: ts.Symbol | null;
}

function listExports(reader: Reader, module: ts.Symbol): ExportedValues {
  const { typescript, checker } = reader;
  const assigned = module.exports?.get(typescript.escapeLeadingUnderscores("export="));
  const named = checker
    .getExportsOfModule(module)
    .filter((symbol) => symbol.name !== "export=" && symbol.name !== "prototype")
    .map((symbol): NamedExport => [[symbol.name], resolveAlias(typescript, checker, symbol)]);
  const whole = assigned === undefined ? null : resolveAlias(typescript, checker, assigned);
  return { named, whole };
}

function resolveAlias(
  typescript: TypeScript,
  checker: ts.TypeChecker,
  symbol: ts.Symbol,
): ts.Symbol {
  return (symbol.flags & typescript.SymbolFlags.Alias) !== 0
    ? checker.getAliasedSymbol(symbol)
    : symbol;
}

/** Visits exported values and their static members, outermost first. */
function visitValues(
  reader: Reader,
  { named, whole }: ExportedValues,
  visit: (path: ExportPath, symbol: ts.Symbol, type: ts.Type) => void,
): void {
  const { checker, typescript } = reader;
  const seen = new Set<string>();
  const step = (path: ExportPath, symbol: ts.Symbol, parents: readonly ts.Symbol[]): void => {
    const key = path.join("\0");
    if ((symbol.flags & typescript.SymbolFlags.Value) === 0 || seen.has(key)) return;
    if (path.length > MAX_DEPTH || parents.includes(symbol) || seen.size > MAX_CALLABLES * 2)
      return;
    seen.add(key);
    const type = checker.getTypeOfSymbol(symbol);
    visit(path, symbol, type);
    // Members of `export =` are listed under their own names already.
    if (symbol === whole || !isOwnType(reader, type, symbol)) return;
    for (const member of type.getProperties()) {
      if (member.name === "prototype" || member.name.startsWith("__@")) continue;
      if (isHidden(typescript, member)) continue;
      step([...path, member.name], resolveAlias(typescript, checker, member), [...parents, symbol]);
    }
  };
  for (const [path, symbol] of named) step(path, symbol, []);
  if (whole !== null) step(["default"], whole, []);
}

/** Members of strings, arrays, maps and instances are found on live values, not listed here. */
function isOwnType(reader: Reader, type: ts.Type, symbol: ts.Symbol): boolean {
  const { typescript } = reader;
  if ((type.flags & typescript.TypeFlags.Object) === 0) return false;
  const own = type.getSymbol();
  if (own !== undefined && isLibraryType(own)) return false;
  const isInstance =
    (type.getSymbol()?.flags ?? 0) & typescript.SymbolFlags.Class &&
    (symbol.flags & typescript.SymbolFlags.Class) === 0 &&
    type.getConstructSignatures().length === 0;
  return !isInstance;
}

function toCallables(
  reader: Reader,
  context: TypeContext,
  path: ExportPath,
  symbol: ts.Symbol,
  type: ts.Type,
): readonly TypedCallable[] {
  const callables: TypedCallable[] = [];
  const calls = type.getCallSignatures();
  const constructs = type.getConstructSignatures();
  if (calls.length > 0)
    callables.push(toCallable(reader, context, path, "function", symbol, calls));
  const [first] = constructs;
  if (first === undefined) return callables;
  callables.push(toCallable(reader, context, path, "constructor", symbol, constructs));
  for (const member of first.getReturnType().getProperties()) {
    if (member.name.startsWith("__@") || isHidden(reader.typescript, member)) continue;
    const signatures = reader.checker.getTypeOfSymbol(member).getCallSignatures();
    if (signatures.length === 0 || isLibraryType(member)) continue;
    const memberPath = [...path, "prototype", member.name];
    callables.push(toCallable(reader, context, memberPath, "method", member, signatures));
  }
  return callables;
}

function toCallable(
  reader: Reader,
  context: TypeContext,
  path: ExportPath,
  kind: CallableHint["kind"],
  symbol: ts.Symbol,
  signatures: readonly ts.Signature[],
): TypedCallable {
  const { typescript, checker } = reader;
  const isTyped = signatures.some((signature) => hasTypes(typescript, signature, kind));
  const text = typescript.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
  return {
    path,
    kind,
    signatures: signatures.slice(0, MAX_SIGNATURES).map((signature) => {
      const converted = toSignatureHint(context, signature);
      // What inference makes of untyped code is no promise that a result could contradict.
      return isTyped
        ? converted
        : { params: converted.params, returns: { kind: "unknown" } as const };
    }),
    isTyped,
    where: whereOf(reader, symbol, signatures),
    summary: firstSentence(text),
    documentedThrows: throwsOf(typescript, symbol),
  };
}

/** True when somebody wrote a type down: TypeScript, a declaration file, or JSDoc with types. */
function hasTypes(
  typescript: TypeScript,
  signature: ts.Signature,
  kind: CallableHint["kind"],
): boolean {
  const declaration = signature.getDeclaration() as ts.SignatureDeclaration | undefined;
  // An implicit constructor has no declaration of its own; its empty signature is right all the same.
  if (declaration === undefined) return kind === "constructor";
  const path = declaration.getSourceFile().fileName;
  if (/\.[cm]?tsx?$/.test(path)) {
    if (path.endsWith(".d.ts")) return true;
    return declaration.parameters.every(
      (parameter) => parameter.type !== undefined || parameter.initializer !== undefined,
    );
  }
  return (
    typescript.getJSDocReturnType(declaration) !== undefined ||
    declaration.parameters.some(
      (parameter) =>
        typescript.isParameter(parameter) &&
        (typescript
          .getJSDocParameterTags(parameter)
          .some((tag) => tag.typeExpression !== undefined) ||
          typescript.getJSDocType(parameter) !== undefined),
    )
  );
}

function whereOf(
  reader: Reader,
  symbol: ts.Symbol,
  signatures: readonly ts.Signature[],
): CallableHint["where"] {
  const declaration =
    (signatures[0]?.getDeclaration() as ts.Declaration | undefined) ?? symbol.valueDeclaration;
  if (declaration === undefined) return null;
  const file = declaration.getSourceFile();
  if (file.isDeclarationFile) return null;
  const path = relative(reader.root, file.fileName).split(sep).join("/");
  if (path.startsWith("..") || path.startsWith("node_modules/")) return null;
  return { file: path, line: file.getLineAndCharacterOfPosition(declaration.getStart()).line + 1 };
}

function throwsOf(typescript: TypeScript, symbol: ts.Symbol): readonly string[] {
  return symbol
    .getJsDocTags()
    .filter((tag) => tag.name === "throws" || tag.name === "exception")
    .flatMap((tag) => {
      const text = typescript.displayPartsToString(tag.text).trim();
      const name = /^\{?\s*([A-Za-z_$][\w$.]*)/.exec(text)?.[1];
      return name === undefined ? [] : [name];
    });
}
