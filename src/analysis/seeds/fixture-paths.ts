import { posix } from "node:path";
import { FIXTURE_FILES, type Statement, type ValueGene } from "../../contract/program.ts";

/** Where paths of one kind go: the first to what is there, the next to fresh names. */
const TARGETS = {
  json: ["data.json", "out.json", "dir/more.json"],
  bad: ["bad.json"],
  script: ["dir/sub/deep.js", "out.js"],
  text: ["file.txt", "out.txt", "dir/nested.txt"],
  folder: ["dir", "out", "empty"],
} as const;

/**
 * Maps paths that a documentation example names into the fixture folder that programs run in. The same path
 * always goes to the same place; two paths of one program go to different places.
 */
export function toFixturePaths(statements: readonly Statement[]): readonly Statement[] {
  const places = new Map<string, string>();
  const map = (gene: ValueGene): ValueGene => {
    if (gene.kind === "string") return { kind: "string", value: mapPath(gene.value, places) };
    return gene.kind === "array" ? { ...gene, items: gene.items.map(map) } : gene;
  };
  return statements.map((statement) => {
    if ("args" in statement) return { ...statement, args: statement.args.map(map) };
    return statement.kind === "set" ? { ...statement, value: map(statement.value) } : statement;
  });
}

function mapPath(text: string, places: Map<string, string>): string {
  // A name of the fixture means itself, and no other path of the program may go there too.
  if (isPlace(text)) places.set(text, text);
  if (!isPlace(text) && !isPath(text)) return text;
  const known = places.get(text);
  if (known !== undefined) return known;
  const taken = new Set(places.values());
  const targets: readonly string[] = TARGETS[kindOf(text)];
  const place = targets.find((target) => !taken.has(target)) ?? targets[0] ?? "dir";
  places.set(text, place);
  return place;
}

function isPlace(text: string): boolean {
  return (
    text in FIXTURE_FILES || Object.values(TARGETS).some((list) => list.includes(text as never))
  );
}

function isPath(text: string): boolean {
  if (text.includes("://") || text.length > 200) return false;
  // `path.join(__dirname, "x")` was read as `dir/x`.
  if (/^dir\/\S*$/.test(text)) return true;
  return (
    /^(?:\.{0,2}\/|~\/|[A-Za-z]:\\)[^\s]*$/.test(text) ||
    /^[\w.-]+(?:\/[\w.-]+)*\.[A-Za-z]\w{0,4}$/.test(text)
  );
}

function kindOf(path: string): keyof typeof TARGETS {
  const base = posix.basename(path.replaceAll("\\", "/"));
  if (base.endsWith(".json")) return /bad|invalid|broken/.test(base) ? "bad" : "json";
  if (/\.[cm]?[jt]s$/.test(base)) return "script";
  return /.\.\w+$/.test(base) || /file/i.test(base) ? "text" : "folder";
}
