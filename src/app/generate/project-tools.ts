import { findBin } from "../../analysis/project/runner.ts";
import { readCompilerOptions } from "../../analysis/types/compiler-options.ts";
import type { ProjectInfo } from "../../contract/project.ts";
import { createFormatter } from "../../execution/formatter.ts";
import type { ToolHost } from "../../execution/project-tool.ts";
import { createTypeChecker } from "../../execution/type-checker.ts";
import type { Deadline } from "../../kernel/clock.ts";
import type { FormatFiles, TypeCheck } from "../../ports/project-tools.ts";
import type { Stage } from "./prepare.ts";

/** Tools that the project brings for its own tests, and the suite is held to. */
export interface ProjectTools {
  readonly typeCheck: TypeCheck | null;
  readonly format: FormatFiles | null;
  /** Sentences on a tool that did not work; complete when the gate is done. */
  readonly notes: readonly string[];
}

/** A tenth of the time left; where that is too little for a compiler's start, up to a quarter. */
const TYPE_CHECK = { share: 0.1, leastMs: 3_000, leastShare: 0.25, mostMs: 20_000 } as const;
const FORMAT_SHARE = 0.25;
const MOST_FORMAT_MS = 10_000;

/** Finds the project's type checker and formatter. Starts neither; where there is none, nothing is spent. */
export async function findProjectTools(
  ground: Pick<Stage, "sandbox" | "staged">,
  input: { readonly project: ProjectInfo; readonly deadline: Deadline },
): Promise<ProjectTools> {
  const { project, deadline } = input;
  const notes: string[] = [];
  const onNote = (sentence: string): void => void notes.push(sentence);
  const host: ToolHost = {
    sandboxes: ground.sandbox,
    project,
    baseLayer: ground.staged.folder,
    scratchFolder: await ground.staged.createLayer("tools"),
  };
  const compiler = await findCompiler(ground, project);
  const { formatter } = project;
  return {
    typeCheck:
      compiler === null
        ? null
        : createTypeChecker(host, {
            ...compiler,
            limitMs: () => toTypeCheckMs(deadline.remainingMs()),
            onNote,
          }),
    format:
      formatter === null
        ? null
        : createFormatter(host, {
            formatter,
            limitMs: () => Math.min(MOST_FORMAT_MS, deadline.remainingMs() * FORMAT_SHARE),
            onNote,
          }),
    notes,
  };
}

function toTypeCheckMs(leftMs: number): number {
  const { share, leastMs, leastShare, mostMs } = TYPE_CHECK;
  return Math.min(mostMs, Math.max(leftMs * share, Math.min(leastMs, leftMs * leastShare)));
}

/** The project's own `tsc` and how it is to be used. */
export interface Compiler {
  readonly compilerPath: string;
  readonly tsconfigPath: string;
  readonly checksJavaScript: boolean;
}

/** Null for a project that is not type-checked, or whose `tsconfig.json` only names other ones. */
export async function findCompiler(
  ground: Pick<Stage, "staged">,
  project: ProjectInfo,
): Promise<Compiler | null> {
  const { tsconfigPath, dependencyFolders } = project;
  if (tsconfigPath === null) return null;
  const compilerPath = await findBin(dependencyFolders, "typescript", "tsc");
  if (compilerPath === null) return null;
  const options = readCompilerOptions(ground.staged.folder, project, tsconfigPath);
  if (options.isSolution) return null;
  return { compilerPath, tsconfigPath, checksJavaScript: options.checksJavaScript };
}
