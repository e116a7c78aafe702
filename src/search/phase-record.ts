import type { TestProgram } from "../contract/program.ts";
import type { Recording } from "../contract/snapshot.ts";
import type { SandboxIdentity } from "../ports/sandbox.ts";
import { changersLast, toJobBase, type Campaign } from "./campaign.ts";
import { mergeRecordings } from "./merge-recordings.ts";
import type { WorkerMessage } from "./protocol.ts";

/** A program with what it did on the unmodified target, twice. */
export interface Recorded {
  /** Position in the list given. */
  readonly index: number;
  readonly program: TestProgram;
  readonly recording: Recording;
}

interface Pass {
  readonly label: string;
  readonly isReversed: boolean;
  readonly clockShiftMs: number;
  readonly timeZone: string;
  readonly identity: SandboxIdentity;
}

interface PhasedPass extends Pass {
  readonly phase: "record" | "findings";
}

const PASSES: readonly Pass[] = [
  { label: "first", isReversed: false, clockShiftMs: 0, timeZone: "UTC", identity: "first" },
  // Another order, half a year and some hours away, in another zone, as another user of another machine: what
  // changes with any of it goes.
  {
    label: "second",
    isReversed: true,
    clockShiftMs: 190 * 86_400_000 + 7 * 3_600_000 + 1234,
    timeZone: "Asia/Kolkata",
    identity: "second",
  },
];

interface RecordOptions {
  /** Default: `record`. */
  readonly phase?: PhasedPass["phase"];
  /** Told of each program whose recordings are not the same, whether or not a part of them is. */
  readonly onDiffering?: (differing: Differing) => void;
}

/** A program that did not do the same in two processes. */
export interface Differing {
  readonly program: TestProgram;
  readonly recordings: readonly [Recording, Recording];
}

/** Runs the programs in two fresh processes on the sources as they are; keeps what both agree on. */
export async function recordPrograms(
  campaign: Campaign,
  programs: readonly TestProgram[],
  { phase = "record", onDiffering }: RecordOptions = {},
): Promise<Recorded[]> {
  if (programs.length === 0) return [];
  const passes = await campaign.inParallel(
    PASSES.map((pass) => () => recordOnce(campaign, programs, { ...pass, phase })),
  );
  const [first, second] = passes;
  const recorded: Recorded[] = [];
  let differing = 0;
  for (const index of programs.keys()) {
    const left = first?.get(index);
    const right = second?.get(index);
    if (left === undefined || right === undefined) continue;
    const recording = mergeRecordings(left.recording, right.recording);
    if (recording !== left.recording)
      onDiffering?.({ program: left.program, recordings: [left.recording, right.recording] });
    if (recording === null) differing += 1;
    else recorded.push({ index, program: left.program, recording });
  }
  if (differing > 0)
    campaign.crew.note(
      `${differing} ${differing === 1 ? "program" : "programs"} did not do the same twice`,
    );
  return recorded;
}

type RecordedMessage = Extract<WorkerMessage, { readonly kind: "recorded" }>;

/** Programs whose order is turned round together. */
const BLOCK = 40;

/**
 * The other order, block by block: where time cuts both passes short, they still have the first blocks in
 * common. Turned round as a whole, two passes that get half way have nothing in common.
 */
function toReversedBlocks(count: number): number[] {
  const starts = Array.from({ length: Math.ceil(count / BLOCK) }, (_none, block) => block * BLOCK);
  return starts.flatMap((start) => {
    const size = Math.min(BLOCK, count - start);
    return Array.from({ length: size }, (_none, index) => start + size - 1 - index);
  });
}

async function recordOnce(
  campaign: Campaign,
  programs: readonly TestProgram[],
  pass: PhasedPass,
): Promise<Map<number, { program: TestProgram; recording: Recording }>> {
  const results = new Map<number, { program: TestProgram; recording: Recording }>();
  const inTurn = pass.isReversed ? toReversedBlocks(programs.length) : [...programs.keys()];
  const problems = new Map<string, number>();
  const toQuestion = (index: number): unknown => [pass.phase, pass.label, programs[index]];
  const take = (index: number, { program, recording, problem }: RecordedMessage): void => {
    if (recording !== null) results.set(index, { program, recording });
    else problems.set(problem ?? "unknown", (problems.get(problem ?? "unknown") ?? 0) + 1);
  };
  const open = inTurn.filter((index) => {
    const known = campaign.answers.find("recorded", toQuestion(index));
    if (known !== null) take(index, known);
    return known === null;
  });
  const order = changersLast(campaign, open, (index) => programs[index]);
  let done = 0;
  await campaign.crew.run({
    build: "plain",
    limit: campaign.plan.limitOf(pass.phase),
    timeZone: pass.timeZone,
    identity: pass.identity,
    create: (base, losses) => {
      // The one that ran when the process was lost is given up.
      if (losses > 0) done += 1;
      const rest = order.slice(done);
      if (rest.length === 0) return null;
      return {
        ...toJobBase(campaign, base, `record/${pass.label}`),
        kind: "record",
        programs: rest.flatMap((index) => programs[index] ?? []),
        clockShiftMs: pass.clockShiftMs,
        isElsewhere: pass.isReversed,
      };
    },
    onMessage(message) {
      if (message.kind !== "recorded") return;
      const index = order[done];
      done += 1;
      if (index === undefined) return;
      campaign.answers.add(toQuestion(index), message);
      take(index, message);
    },
  });
  for (const [problem, count] of problems) {
    campaign.crew.note(
      `${count} ${count === 1 ? "program makes" : "programs make"} no test in the ${pass.label} recording: ${problem}`,
    );
  }
  return results;
}
