import type { TestProgram } from "../contract/program.ts";
import { toJobBase, type Campaign } from "./campaign.ts";
import { judgeRepeats, repeatUnit } from "./findings/judge-leak.ts";
import type { SuspectedFinding } from "./findings/judge.ts";
import { toHangFinding, toLeakFinding } from "./findings/other-findings.ts";
import { recordPrograms } from "./phase-record.ts";

/** How long a call may take before it counts as hanging, ms: with time to spare, and at least. */
const HANG_MS = 3_000;
const LEAST_HANG_MS = 1_500;
/** Starting a process and loading a package takes about this, ms. */
const START_MS = 500;

/**
 * Those suspects that do not end in two fresh processes either, each alone on the sources as they are,
 * where what leads up to the last call does end.
 */
export async function confirmHangs(campaign: Campaign): Promise<readonly SuspectedFinding[]> {
  const findings: SuspectedFinding[] = [];
  for (const { program, factor } of campaign.hangs.list()) {
    if (campaign.plan.isOver("findings")) break;
    const limit = campaign.plan.limitOf("findings");
    const silenceMs =
      limit.kind === "executions"
        ? HANG_MS
        : Math.round(Math.min(HANG_MS, Math.max(LEAST_HANG_MS, limit.durationMs - START_MS)));
    const probes = await campaign.inParallel([
      () => ask(campaign, [...toPrefix(program), program], silenceMs),
      () => ask(campaign, [program], silenceMs),
    ]);
    if (probes.includes("ends")) continue;
    const afterMs = probes.includes("dies") ? null : silenceMs;
    const finding = toHangFinding(campaign.input.api, program, afterMs);
    findings.push({ ...finding, score: Math.round(finding.score * factor * 1000) / 1000 });
  }
  return findings;
}

function toPrefix(program: TestProgram): readonly TestProgram[] {
  const statements = program.statements.slice(0, -1);
  return statements.length === 0 ? [] : [{ ...program, statements }];
}

/** Probes once, however often the search is interrupted. */
async function ask(
  campaign: Campaign,
  programs: readonly TestProgram[],
  silenceMs: number,
): Promise<"ends" | "hangs" | "dies"> {
  const { answers } = campaign;
  const known = answers.find("probed", programs);
  if (known !== null) return known.outcome;
  const outcome = await probe(campaign, programs, silenceMs);
  answers.add(programs, { kind: "probed", outcome });
  return outcome;
}

/**
 * How the last of the programs goes when those before it do end. A suspect ran for long before; where
 * its process dies of it now, it was filling the memory.
 */
async function probe(
  campaign: Campaign,
  programs: readonly TestProgram[],
  silenceMs: number,
): Promise<"ends" | "hangs" | "dies"> {
  const seen = { isReady: false, ended: 0 };
  const end = await campaign.crew.probe({
    silenceMs,
    create: (base) => {
      const common = toJobBase(campaign, base, "hang");
      return {
        ...common,
        kind: "record",
        modules: common.modules.filter(({ file }) => file === programs[0]?.module),
        programs,
        // Waiting for the clock to move must not look like a hang.
        clockShiftMs: 0,
      };
    },
    onMessage(message) {
      if (message.kind === "ready") seen.isReady = true;
      if (message.kind === "recorded") seen.ended += 1;
    },
  });
  if (end.kind === "done" || !seen.isReady || seen.ended !== programs.length - 1) return "ends";
  return end.isSilent ? "hangs" : "dies";
}

/**
 * Those suspected calls whose answer changes when they are repeated in a process of their own: twice,
 * at other times, in other zones and with other chance, yet in the same way.
 */
export async function confirmLeaks(
  campaign: Campaign,
  units: readonly TestProgram[],
): Promise<readonly SuspectedFinding[]> {
  const findings: SuspectedFinding[] = [];
  for (const unit of units) {
    if (campaign.plan.isOver("findings")) break;
    // One at a time: what another one leaves behind would be part of the answer.
    const [recorded] = await recordPrograms(campaign, [repeatUnit(unit)], { phase: "findings" });
    if (recorded === undefined) continue;
    const leak = judgeRepeats(recorded.program, recorded.recording);
    if (leak === null) continue;
    findings.push(toLeakFinding(campaign.input.api, leak.program, leak.recording, leak));
  }
  return findings;
}
