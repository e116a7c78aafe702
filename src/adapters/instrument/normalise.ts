import type { NodePath } from "@babel/traverse";
import type * as Types from "@babel/types";

import { loadInstrumentLibraries, type InstrumentLibraries } from "./babel.ts";
import { parseSource, toDialect } from "./parse.ts";
import { needsTranspile, transpile } from "./transpile.ts";

/** The code of a file without what changes nothing; null where it does not parse. Equal texts mean equal programs. */
export type Normalise = (path: string, content: string) => string | null;

/**
 * Opens a normaliser: types and comments go, local names become numbers, literals and blocks are written in one way.
 * It never calls two programs equal that could behave differently, other than by their own text (`toString`).
 */
export function openNormaliser(): Normalise {
  const libraries = loadInstrumentLibraries();
  const known = new Map<string, string | null>();
  return (path, content) => {
    const key = `${path}\n${content}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const text = normalise(libraries, path, content);
    known.set(key, text);
    return text;
  };
}

function normalise(libraries: InstrumentLibraries, path: string, content: string): string | null {
  const dialect = toDialect(path);
  if (dialect === null) return null;
  try {
    // What the compiler mends by itself is no code that builds: it has to parse as it is.
    const ast = parseSource(libraries.parse, content, dialect);
    const isCompiled = needsTranspile(dialect, path);
    const plain = isCompiled
      ? parseSource(
          libraries.parse,
          transpile({ path, content, dialect }, { hasLegacyDecorators: true }),
          { ...dialect, isTypeScript: false, hasJsx: true },
        )
      : ast;
    renameLocals(libraries, plain);
    simplify(libraries, plain);
    return libraries.generate(plain, { comments: false, minified: true }).code;
  } catch {
    return null;
  }
}

/** Names of everything below the module, in order of declaration. */
function renameLocals({ traverse }: InstrumentLibraries, ast: Types.File): void {
  let count = 0;
  traverse(ast, {
    Scope(path: NodePath) {
      if (path.isProgram()) return;
      for (const name of Object.keys(path.scope.bindings)) {
        if (name === "arguments" || name.startsWith("$local")) continue;
        path.scope.rename(name, `$local${count}`);
        count += 1;
      }
    },
  });
}

function simplify({ traverse, types }: InstrumentLibraries, ast: Types.File): void {
  traverse(ast, {
    enter({ node }: NodePath) {
      // How a literal was written, and parentheses.
      if (node.type !== "TemplateElement" && node.type !== "DirectiveLiteral") delete node.extra;
    },
    EmptyStatement(path: NodePath<Types.EmptyStatement>) {
      if (path.inList) path.remove();
    },
    BlockStatement: {
      exit(path: NodePath<Types.BlockStatement>) {
        const [only, ...others] = path.node.body;
        if (only === undefined || others.length > 0 || path.node.directives.length > 0) return;
        const isBody =
          path.parentPath.isIfStatement() ||
          path.parentPath.isLoop() ||
          path.parentPath.isLabeledStatement();
        // `if (a) { if (b) c; } else d` needs its braces; a declaration needs its block.
        if (
          isBody &&
          types.isStatement(only) &&
          !types.isDeclaration(only) &&
          !types.isIfStatement(only) &&
          !types.isLoop(only)
        )
          path.replaceWith(only);
      },
    },
  });
}
