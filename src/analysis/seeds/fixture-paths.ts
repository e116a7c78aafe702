import { posix } from "node:path";
import { FIXTURE_FILES, type Statement, type ValueGene } from "../../contract/program.ts";

/** Paths that a documentation example names are mapped into the fixture folder that programs run in. */
export function toFixturePaths(statements: readonly Statement[]): readonly Statement[] {
  return statements.map((statement) => {
    if ("args" in statement) return { ...statement, args: statement.args.map(mapGene) };
    return statement.kind === "set" ? { ...statement, value: mapGene(statement.value) } : statement;
  });
}

function mapGene(gene: ValueGene): ValueGene {
  if (gene.kind === "string") return { kind: "string", value: mapPath(gene.value) };
  if (gene.kind === "array") return { ...gene, items: gene.items.map(mapGene) };
  return gene;
}

/** `/tmp/data.json` → `data.json`; a text that is no path stays as it is. */
export function mapPath(text: string): string {
  if (text in FIXTURE_FILES) return text;
  const isPath =
    /^(?:\.{0,2}\/|~\/|[A-Za-z]:\\)[^\s]*$/.test(text) ||
    /^[\w.-]+(?:\/[\w.-]+)*\.\w{1,5}$/.test(text);
  if (!isPath || text.includes("://")) return text;
  const base = posix.basename(text.replaceAll("\\", "/"));
  if (text === "/" || base === "" || base === "." || base === "..") return "dir";
  if (base.endsWith(".json")) return /bad|invalid|broken/.test(base) ? "bad.json" : "data.json";
  if (base.endsWith(".js")) return "dir/sub/deep.js";
  if (base.endsWith(".txt") || base.endsWith(".md")) return "file.txt";
  return base.includes(".") ? base : "dir";
}
