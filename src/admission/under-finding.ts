import type { Candidate, WrittenCandidate } from "../contract/candidate.ts";
import type { ExportPath, Statement, ValueGene } from "../contract/program.ts";

/**
 * The entry of `underFinding` that a candidate falls under, or null. An entry is a candidate id, or
 * `module#Export.path` for all that call that export.
 */
export function isUnderFinding(
  candidate: Candidate,
  underFinding: readonly string[],
): string | null {
  if (underFinding.length === 0) return null;
  const wanted = new Set(underFinding);
  if (wanted.has(candidate.id)) return `finding ${candidate.id}`;
  if (candidate.origin === "model") return isWrittenUnder(candidate, underFinding);
  const { module, statements } = candidate.program;
  for (const statement of statements) {
    for (const path of toCalledPaths(statement)) {
      const behaviour = `${module}#${path.join(".")}`;
      if (wanted.has(behaviour)) return behaviour;
    }
  }
  return null;
}

/** Text that names the export anywhere may call it: rather one test too few than a bug that a test holds fast. */
function isWrittenUnder(
  { module, text }: WrittenCandidate,
  underFinding: readonly string[],
): string | null {
  const words = new Set(text.match(/[\p{L}\p{N}_$]+/gu));
  const behaviour = underFinding.find((entry) => {
    const [file, path] = entry.split("#");
    return (
      file === module && path !== undefined && path.split(".").every((name) => words.has(name))
    );
  });
  return behaviour ?? null;
}

/** Exports that a statement calls, or hands over so that they may be called. */
function toCalledPaths(statement: Statement): readonly ExportPath[] {
  const paths: ExportPath[] = [];
  if ("callee" in statement && isExportPath(statement.callee)) paths.push(statement.callee);
  if ("args" in statement) {
    for (const gene of statement.args) collectExports(gene, paths);
  }
  return paths;
}

function isExportPath(callee: unknown): callee is ExportPath {
  return Array.isArray(callee);
}

function collectExports(gene: ValueGene, paths: ExportPath[]): void {
  if (gene.kind === "export") paths.push(gene.path);
  else if (gene.kind === "array") for (const item of gene.items) collectExports(item, paths);
  else if (gene.kind === "object") {
    for (const [, value] of gene.entries) collectExports(value, paths);
  }
}
