import { posix } from "node:path";

import type { WrittenCandidate } from "../../contract/candidate.ts";
import type { RunnerName } from "../../contract/project.ts";
import type { PrintedSuite, PrintRequest } from "../../ports/suite-printer.ts";
import { locateTests } from "../files/locate-tests.ts";
import { toDialectOfFile, toStems } from "../files/plan-files.ts";
import { readProjectFacts, type ReadProjectFile } from "../files/project-facts.ts";
import { cutFile } from "./cut-file.ts";

/** Files of written tests before the project's formatter saw them. */
export interface WrittenFiles {
  readonly texts: Readonly<Record<string, string>>;
  readonly order: readonly {
    readonly candidateId: string;
    readonly fullTitle: string;
    readonly file: string;
  }[];
  readonly unprintable: PrintedSuite["unprintable"];
}

/** What one model wrote about one module in one file. */
interface Origin {
  readonly module: string;
  readonly path: string;
  readonly text: string;
}

/**
 * Prints tests that came as text: each proposed file stays a file of its own, since what stands around its tests
 * need not go together with what stands in another. Assertions are what they were.
 */
export async function printWritten(
  candidates: readonly WrittenCandidate[],
  request: Omit<PrintRequest, "candidates" | "runner"> & { readonly runner: RunnerName },
  readProjectFile: ReadProjectFile,
): Promise<WrittenFiles> {
  const modules = [...new Set(candidates.map(({ module }) => module))].sort();
  const { project, runner, outDir } = request;
  const facts = await readProjectFacts(project, runner, modules, readProjectFile);
  const stems = toStems(modules, project.name);
  const factsOf = (module: string): NonNullable<ReturnType<typeof facts.modules.get>> => {
    const found = facts.modules.get(module);
    if (found === undefined) throw new TypeError(`nothing is known about ${module}`);
    return found;
  };
  const texts: Record<string, string> = {};
  const order: { candidateId: string; fullTitle: string; file: string }[] = [];
  const unprintable: { candidateId: string; reason: string }[] = [];
  for (const members of toOrigins(candidates)) {
    const [{ module, path, text } = { module: "", path: "", text: "" }] = members;
    const { extension } = toDialectOfFile(module, { project, runner, factsOf });
    const name = toFreeName(
      `${stems.get(module) ?? "tests"}-model`,
      fitExtension(extension, text),
      texts,
      outDir,
    );
    const titles = new Set(members.map(({ fullTitle }) => fullTitle));
    try {
      const cut = await cutFile(text, titles, {
        path,
        outDir,
        isTypeScript: /ts$/u.test(extension),
        readProjectFile,
      });
      const missing = new Set(cut.missing);
      const printed = members.filter(({ fullTitle }) => !missing.has(fullTitle));
      for (const { id } of members.filter(({ fullTitle }) => missing.has(fullTitle))) {
        unprintable.push({
          candidateId: id,
          reason: "its title does not stand in its file, or twice",
        });
      }
      if (printed.length === 0) continue;
      texts[name] = `${toHeader(outDir)}${cut.text}`;
      order.push(
        ...inOrder(cut.text, printed, /ts$/u.test(extension)).map(({ id, fullTitle }) => ({
          candidateId: id,
          fullTitle,
          file: name,
        })),
      );
    } catch (failure) {
      if (!(failure instanceof SyntaxError)) throw failure;
      for (const { id } of members) {
        unprintable.push({ candidateId: id, reason: `does not parse: ${failure.message}` });
      }
    }
  }
  return { texts, order, unprintable };
}

function toHeader(outDir: string): string {
  return (
    "// Proposed by a language model, proven by Regoose.\n" +
    `// To prove each of these tests again: npx regoose verify ${outDir}\n\n`
  );
}

function toOrigins(candidates: readonly WrittenCandidate[]): readonly WrittenCandidate[][] {
  const keyOf = ({ module, path, text }: Origin): string => [module, path, text].join("\n");
  return [...Map.groupBy(candidates, keyOf).values()];
}

/** A file that says `require` is no ES module, whatever the package says. */
function fitExtension(extension: string, text: string): string {
  const isRequiring = /\brequire\(/u.test(text) && !/^\s*(?:import|export)\b/mu.test(text);
  if (!/js$/u.test(extension)) return extension;
  if (isRequiring) return extension === ".test.js" ? ".test.cjs" : extension.replace("mjs", "cjs");
  return extension;
}

function toFreeName(
  stem: string,
  extension: string,
  taken: Readonly<Record<string, string>>,
  outDir: string,
): string {
  let path = posix.join(outDir, `${stem}${extension}`);
  for (let count = 2; Object.hasOwn(taken, path); count += 1) {
    path = posix.join(outDir, `${stem}-${String(count)}${extension}`);
  }
  return path;
}

function inOrder(
  text: string,
  members: readonly WrittenCandidate[],
  isTypeScript: boolean,
): readonly WrittenCandidate[] {
  const byTitle = new Map(members.map((member) => [member.fullTitle, member]));
  return locateTests(text, isTypeScript).flatMap(({ fullTitle }) => byTitle.get(fullTitle) ?? []);
}
