import { posix } from "node:path";

import type { Finding } from "../contract/candidate.ts";
import type { TestProgram } from "../contract/program.ts";
import { toProgramKey, type Campaign } from "./campaign.ts";
import { argsOf, dropStatement, withArgs } from "./engine/program-tools.ts";
import { replaceStatement } from "./engine/vary.ts";
import { listLeakSuspects } from "./findings/judge-leak.ts";
import { judgeRecordings, rankFindings, type SuspectedFinding } from "./findings/judge.ts";
import { printFindingTest } from "./findings/print-finding.ts";
import { showsFinding } from "./findings/shows-finding.ts";
import { confirmHangs, confirmLeaks } from "./phase-confirm.ts";
import { recordPrograms, type Differing, type Recorded } from "./phase-record.ts";
import { simplifications } from "./values/simplify-value.ts";

/** What looked wrong, and how to tell candidates that would assert it. */
export interface FindingOutcome {
  readonly findings: readonly Finding[];
  /** True for a recorded program that shows one of the findings. */
  readonly isUnder: (recorded: Pick<Recorded, "program" | "recording">) => boolean;
}

const MAX_FINDINGS = 20;
const SHRUNK = 6;
const SHRINK_ROUNDS = 3;
const CANDIDATES_PER_FINDING = 40;
/** Both recordings are fresh processes, and both showed it. */
const REPRODUCED = 2;

/**
 * Judges everything that was recorded, makes the best suspicions smaller, and prints a failing test
 * for each. A recording exists only where two fresh processes agreed, so each was seen twice. Calls that
 * hung and answers that changed between processes are looked at again, alone.
 */
export async function findSuspects(
  campaign: Campaign,
  recorded: readonly Recorded[],
  differing: readonly Differing[],
): Promise<FindingOutcome> {
  const { api } = campaign.input;
  const once = recorded.map(({ program, recording }) => ({ program, recordings: [recording] }));
  const leaks = await confirmLeaks(campaign, listLeakSuspects(api, [...differing, ...once]));
  const hangs = await confirmHangs(campaign);
  const judged = await judgeAndShrink(campaign, recorded);
  const suspects = rankFindings([...judged, ...leaks, ...hangs]).slice(0, MAX_FINDINGS);
  const keys = new Set(suspects.map(({ key }) => key));
  return {
    findings: suspects.map((suspect) => toFinding(campaign, suspect)),
    isUnder: (one) =>
      showsFinding(api, suspects, one) ||
      judgeRecordings(api, [one]).some(({ key }) => keys.has(key)),
  };
}

async function judgeAndShrink(
  campaign: Campaign,
  recorded: readonly Recorded[],
): Promise<readonly SuspectedFinding[]> {
  const { api } = campaign.input;
  let suspects = judgeRecordings(api, recorded).slice(0, MAX_FINDINGS);
  for (let round = 0; round < SHRINK_ROUNDS && suspects.length > 0; round += 1) {
    if (campaign.plan.isOver("findings")) break;
    const smaller = await shrinkOnce(campaign, suspects.slice(0, SHRUNK));
    const next = judgeRecordings(api, [...suspects, ...smaller]).slice(0, MAX_FINDINGS);
    if (next.every((suspect, index) => isSame(suspect, suspects[index]))) break;
    suspects = next;
  }
  return suspects;
}

function isSame(one: SuspectedFinding, other: SuspectedFinding | undefined): boolean {
  return other !== undefined && toProgramKey(one.program) === toProgramKey(other.program);
}

async function shrinkOnce(
  campaign: Campaign,
  suspects: readonly SuspectedFinding[],
): Promise<readonly Recorded[]> {
  const programs = suspects.flatMap(({ program }) =>
    listSmaller(program).slice(0, CANDIDATES_PER_FINDING),
  );
  return recordPrograms(campaign, programs, { phase: "findings" });
}

function listSmaller(program: TestProgram): TestProgram[] {
  const smaller: TestProgram[] = [];
  for (const index of program.statements.keys()) {
    const without = dropStatement(program, index);
    if (without !== null) smaller.push(without);
  }
  for (const [index, statement] of program.statements.entries()) {
    for (const [at, gene] of argsOf(statement).entries()) {
      for (const simpler of simplifications(gene).slice(0, 12)) {
        const args = argsOf(statement).with(at, simpler);
        smaller.push(replaceStatement(program, index, withArgs(statement, args)));
      }
    }
  }
  return smaller;
}

function toFinding(campaign: Campaign, suspect: SuspectedFinding): Finding {
  const { project } = campaign.input;
  const entry = project.entryPoints.find(({ file }) => file === suspect.program.module);
  const path = posix.relative(project.testsFolder, suspect.program.module);
  return {
    kind: suspect.kind,
    where: suspect.where,
    summary: suspect.summary,
    evidence: {
      test: printFindingTest(suspect, {
        runner: project.runner,
        system: entry?.system ?? project.system,
        importPath: path.startsWith(".") ? path : `./${path}`,
      }),
      observed: suspect.observed,
      expected: suspect.expected,
      reproduced: REPRODUCED,
    },
    score: suspect.score,
  };
}
