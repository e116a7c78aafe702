import type { CallableHint, ParameterHint } from "../../contract/api-model.ts";
import type { ExportPath, ValueGene } from "../../contract/program.ts";
import type { ProjectContext } from "../project/project-context.ts";
import type { StaticCallable } from "../syntax/export-tree.ts";
import { type DocComment, commentText, parseDocComment } from "../syntax/doc-comments.ts";
import { collectLiterals } from "../syntax/literals.ts";
import { guessParameters } from "../syntax/usage-hints.ts";
import type { FunctionNode } from "../syntax/walk.ts";
import type { Comment, Node } from "@babel/types";

/** A callable with what its code and its comment tell. */
export interface Implementation {
  readonly path: ExportPath;
  readonly kind: CallableHint["kind"];
  /** Identity of its code: aliases of one function share it. */
  readonly key: string;
  readonly name: string | null;
  readonly params: readonly ParameterHint[];
  readonly literals: readonly ValueGene[];
  readonly where: { readonly file: string; readonly line: number };
  readonly doc: DocComment | null;
}

const MAX_LITERALS = 60;

/** Reads parameters, literals and comments of callables found by syntax. */
export async function describeImplementations(
  context: ProjectContext,
  callables: readonly StaticCallable[],
): Promise<readonly Implementation[]> {
  const known = new Map<Node, Omit<Implementation, "path" | "kind">>();
  const result: Implementation[] = [];
  for (const callable of callables) {
    const { ast } = await context.index.get(callable.file);
    let description = known.get(callable.site);
    if (description === undefined) {
      description = describe(callable, ast?.comments ?? []);
      known.set(callable.site, description);
    }
    result.push({ ...description, path: callable.path, kind: callable.kind });
  }
  return result;
}

function describe(
  callable: StaticCallable,
  comments: readonly Comment[],
): Omit<Implementation, "path" | "kind"> {
  const { node, site, file } = callable;
  const at = node ?? site;
  const line = at.loc?.start.line ?? 1;
  return {
    key: `${file}:${at.start ?? 0}`,
    name: callable.name,
    params: node === null ? [] : guessParameters(node),
    literals: node === null ? [] : literalsOf(node),
    where: { file, line },
    doc: docBefore(comments, line) ?? docBefore(comments, site.loc?.start.line ?? line),
  };
}

/** Literals of a function's body and defaults, most frequent first. */
export function literalsOf(node: FunctionNode): readonly ValueGene[] {
  return collectLiterals(node, MAX_LITERALS).map(({ gene }) => gene);
}

/** The doc comment that ends on the line before, or on the same line. */
function docBefore(comments: readonly Comment[], line: number): DocComment | null {
  const found = comments.findLast((comment) => {
    const end = comment.loc?.end.line ?? -1;
    return (
      comment.type === "CommentBlock" &&
      comment.value.startsWith("*") &&
      (end === line - 1 || (end === line && (comment.loc?.start.line ?? end) <= line))
    );
  });
  return found === undefined ? null : parseDocComment(commentText(found));
}
