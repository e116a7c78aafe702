import type { TestProgram, ValueGene } from "../../contract/program.ts";
import type { ShrinkJob, ShrinkTask } from "../protocol.ts";
import type { Steps } from "../worker/pump.ts";
import type { Session } from "../worker/session.ts";
import type { ValueTools } from "./value-tools.ts";
import { argsOf, dropStatement, keepStatements, sliceFor, withArgs } from "./program-tools.ts";
import { killsAll } from "./search-mutants.ts";
import { replaceStatement } from "./vary.ts";

interface Attempt {
  readonly session: Session;
  readonly task: ShrinkTask;
  readonly values: ValueTools;
  readonly endsAt: number;
}

/** Makes each program smaller and its values plainer, as long as it keeps what it is wanted for. */
export function* shrinkAll(session: Session, job: ShrinkJob): Steps<void> {
  session.onBeat(() => {
    session.outbox.send({ kind: "beat", executions: session.executions() });
  });
  for (const [index, task] of job.tasks.entries()) {
    if (session.isOver()) return;
    const kit = session.kits.find(({ file }) => file === task.program.module);
    if (kit === undefined) continue;
    const attempt: Attempt = {
      session,
      task,
      values: kit.values,
      endsAt: session.executions() + job.perTask,
    };
    if (!(yield* holds(attempt, task.program))) continue;
    let program = yield* shrinkStatements(attempt, task.program);
    program = yield* shrinkValues(attempt, program);
    session.outbox.send({ kind: "shrunk", index: index + job.offset, program });
  }
}

function isSpent({ session, endsAt }: Attempt): boolean {
  return session.executions() >= endsAt || session.isOver();
}

function* holds(attempt: Attempt, program: TestProgram): Steps<boolean> {
  const { session, task } = attempt;
  if (task.kills.length > 0 && session.mutants !== null) {
    if (!(yield* killsAll({ session, mutants: session.mutants }, program, task.kills)))
      return false;
  }
  if (task.counters.length === 0) return true;
  const execution = yield* session.execute(program);
  return execution.problem === null && session.counters?.hits(task.counters) === true;
}

function* shrinkStatements(attempt: Attempt, program: TestProgram): Steps<TestProgram> {
  let best = program;
  for (let focus = 0; focus < best.statements.length && !isSpent(attempt); focus += 1) {
    const slice = keepStatements(best, sliceFor(best, focus));
    if (slice.statements.length < best.statements.length && (yield* holds(attempt, slice))) {
      best = slice;
      break;
    }
  }
  for (let index = best.statements.length - 1; index >= 0 && !isSpent(attempt); index -= 1) {
    if (best.statements.length < 2) break;
    const smaller = dropStatement(best, index);
    if (smaller !== null && (yield* holds(attempt, smaller))) {
      best = smaller;
      index = Math.min(index, best.statements.length);
    }
  }
  return best;
}

function* shrinkValues(attempt: Attempt, program: TestProgram): Steps<TestProgram> {
  let best = program;
  for (let index = 0; index < best.statements.length; index += 1) {
    best = yield* shortenArguments(attempt, best, index);
    const count = argsOf(best.statements[index] as never).length;
    for (let at = 0; at < count; at += 1) best = yield* shrinkArgument(attempt, best, index, at);
  }
  return best;
}

function* shortenArguments(
  attempt: Attempt,
  program: TestProgram,
  index: number,
): Steps<TestProgram> {
  let best = program;
  for (;;) {
    const statement = best.statements[index];
    if (statement === undefined || !("args" in statement) || statement.args.length === 0)
      return best;
    if (isSpent(attempt)) return best;
    const shorter = replaceStatement(best, index, withArgs(statement, statement.args.slice(0, -1)));
    if (!(yield* holds(attempt, shorter))) return best;
    best = shorter;
  }
}

function* shrinkArgument(
  attempt: Attempt,
  program: TestProgram,
  index: number,
  at: number,
): Steps<TestProgram> {
  let best = program;
  for (let improved = true; improved;) {
    improved = false;
    const statement = best.statements[index];
    const gene: ValueGene | undefined = statement === undefined ? undefined : argsOf(statement)[at];
    if (statement === undefined || gene === undefined) return best;
    for (const simpler of attempt.values.simplify(gene)) {
      if (isSpent(attempt)) return best;
      const candidate = replaceStatement(
        best,
        index,
        withArgs(statement, argsOf(statement).with(at, simpler)),
      );
      if (yield* holds(attempt, candidate)) {
        best = candidate;
        improved = true;
        break;
      }
    }
  }
  return best;
}
