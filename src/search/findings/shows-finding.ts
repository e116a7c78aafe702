import type { ApiModel, CallableHint } from "../../contract/api-model.ts";
import { contradicts } from "./conforms.ts";
import { toErrorShape } from "./engine-errors.ts";
import type { Recorded, SuspectedFinding } from "./judge.ts";
import { resolveCallable, resolveValue } from "./resolve-callable.ts";

/**
 * Whether any statement of a program does what one of the findings speaks of, so that a test of it
 * would write the suspected bug down as wanted. Unlike a finding itself, this asks for no evidence:
 * neither for arguments that the types allow nor for a clean way up to the statement.
 */
export function showsFinding(
  api: ApiModel,
  findings: readonly SuspectedFinding[],
  recorded: Recorded,
): boolean {
  const { program, recording } = recorded;
  const model = api.modules.find(({ file }) => file === program.module);
  if (model === undefined || findings.length === 0) return false;
  return program.statements.some((statement, index) => {
    const hint = resolveCallable(model, program, recording, statement);
    if (hint === null) return false;
    const exportName = `${program.module}#${hint.path.join(".")}`;
    return findings.some(
      (finding) =>
        (finding.exportName === exportName || isReexport(finding, hint)) &&
        doesTheSame(finding, recorded, index),
    );
  });
}

/** One function may be exported by several modules. */
function isReexport(finding: SuspectedFinding, { where, path }: CallableHint): boolean {
  if (where === null || finding.where !== `${where.file}:${where.line}`) return false;
  return finding.exportName.split(/[#.]/u).at(-1) === path.at(-1);
}

function doesTheSame(finding: SuspectedFinding, recorded: Recorded, index: number): boolean {
  // What such a call answers depends on the tests before it, even where it looks right.
  if (finding.kind === "leaking-state") return true;
  const outcome = recorded.recording.outcomes[index];
  if (outcome?.kind === "threw") {
    const seen = finding.recording.outcomes[finding.statement];
    return seen?.kind === "threw" && toErrorShape(seen.error) === toErrorShape(outcome.error);
  }
  const { promise } = finding;
  if (outcome?.kind !== "returned" || promise.kind !== "is-of-type") return false;
  if (awaits(finding, finding.statement) !== awaits(recorded, index)) return false;
  const value = resolveValue(recorded.recording, index);
  const seen = resolveValue(finding.recording, finding.statement);
  return value !== null && value.kind === seen?.kind && contradicts(value, promise.type);
}

function awaits({ program }: Pick<Recorded, "program">, index: number): boolean {
  const statement = program.statements[index];
  return statement !== undefined && "awaits" in statement && statement.awaits;
}
