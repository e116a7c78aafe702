import type { MeasureJob, RecordJob } from "../protocol.ts";
import type { Steps } from "../worker/pump.ts";
import type { Session } from "../worker/session.ts";

/** Runs each program once and reports which counters it moves. */
export function* measureAll(session: Session, job: MeasureJob): Steps<void> {
  session.onBeat(() => {
    session.outbox.send({ kind: "beat", executions: session.executions() });
  });
  for (const [index, program] of job.programs.entries()) {
    if (session.isOver()) return;
    const execution = yield* session.execute(program);
    session.outbox.send({
      kind: "measured",
      index,
      counters: execution.problem === null ? (session.counters?.listHit() ?? []) : [],
      isClean: execution.problem === null,
    });
  }
}

/** Runs each program once on the sources as they are and reports what it did. */
export function* recordAll(session: Session, job: RecordJob): Steps<void> {
  for (const [index, program] of job.programs.entries()) {
    if (session.isOver()) return;
    const execution = yield* session.execute(program);
    session.outbox.send({
      kind: "recorded",
      index,
      program: execution.program,
      recording: execution.problem === null ? execution.recording : null,
      problem: execution.problem,
    });
  }
}
