import type { Statement, ValueGene } from "../../contract/program.ts";
import { materialise, type MaterialiseContext } from "./materialise.ts";
import { resolveMember, type LoadedModule } from "./modules.ts";
import type { Wait } from "./pump.ts";

/** What performing a statement needs to know of its program. */
export interface Stage {
  readonly module: LoadedModule;
  readonly bindings: readonly unknown[];
  readonly values: MaterialiseContext;
  /** Told of each spy passed as an argument of its own. */
  readonly onSpyMade: (spy: object, statement: number, argument: number) => void;
}

/** A wait that brings a value or an error. */
export interface Arrival extends Wait {
  value?: unknown;
  thrown?: unknown;
  hasThrown?: boolean;
}

/** A call whose result arrives through a callback, an event or an iterator. */
export class Pending {
  readonly wait: Arrival;
  constructor(wait: Arrival) {
    this.wait = wait;
  }
}

/**
 * Does what the statement says and answers its raw result, or a {@link Pending} one. Throws what the
 * target throws.
 */
export function perform(run: Stage, statement: Statement, index: number): unknown {
  switch (statement.kind) {
    case "call": {
      const { holder, value } = resolveMember(run.module, statement.callee);
      return Reflect.apply(value as never, holder, toArgs(run, statement.args, index));
    }
    case "new": {
      const { value } = resolveMember(run.module, statement.callee);
      const made: unknown = Reflect.construct(value as never, toArgs(run, statement.args, index));
      return made;
    }
    case "method": {
      const receiver = run.bindings[statement.receiver];
      const method = (receiver as Record<string, unknown>)[statement.name];
      return Reflect.apply(method as never, receiver, toArgs(run, statement.args, index));
    }
    case "get":
      return (run.bindings[statement.receiver] as Record<string, unknown>)[statement.name];
    case "set": {
      const [value] = toArgs(run, [statement.value], index);
      (run.bindings[statement.receiver] as Record<string, unknown>)[statement.name] = value;
      return value;
    }
    case "call-value":
      return Reflect.apply(
        run.bindings[statement.callee] as never,
        undefined,
        toArgs(run, statement.args, index),
      );
    case "iterate":
      return iterate(run.bindings[statement.receiver], statement.limit, statement.awaits);
    case "call-with-callback":
      return callWithCallback(run, statement, index);
    case "wait-event":
      return waitForEvent(run.bindings[statement.receiver], statement.event);
  }
}

function toArgs(run: Stage, args: readonly ValueGene[], statement: number): unknown[] {
  return args.map((gene, argument) => {
    const value = materialise(gene, run.values);
    if (gene.kind === "function" && gene.template.kind === "spy") {
      run.onSpyMade(value as object, statement, argument);
    }
    return value;
  });
}

function iterate(receiver: unknown, limit: number, awaits: boolean): unknown {
  if (awaits) {
    return new Pending(collectAsync(receiver as AsyncIterable<unknown>, limit));
  }
  const items: unknown[] = [];
  for (const item of receiver as Iterable<unknown>) {
    if (items.length >= limit) break;
    items.push(item);
  }
  return items;
}

function collectAsync(iterable: AsyncIterable<unknown>, limit: number): Arrival {
  const wait: Arrival = { isDone: false };
  const collect = async (): Promise<void> => {
    const items: unknown[] = [];
    for await (const item of iterable) {
      if (items.length >= limit) break;
      items.push(item);
    }
    wait.value = items;
  };
  collect()
    .catch((thrown: unknown) => {
      wait.thrown = thrown;
      wait.hasThrown = true;
    })
    .finally(() => {
      wait.isDone = true;
    });
  return wait;
}

function callWithCallback(
  run: Stage,
  statement: Extract<Statement, { kind: "call-with-callback" }>,
  index: number,
): Pending {
  const wait: Arrival = { isDone: false };
  const callback = (...values: unknown[]): void => {
    if (wait.isDone) return;
    wait.value = values;
    wait.isDone = true;
  };
  const args = [...toArgs(run, statement.args, index), callback];
  if ("receiver" in statement.callee) {
    const receiver = run.bindings[statement.callee.receiver];
    const method = (receiver as Record<string, unknown>)[statement.callee.name];
    Reflect.apply(method as never, receiver, args);
  } else {
    const { holder, value } = resolveMember(run.module, statement.callee);
    Reflect.apply(value as never, holder, args);
  }
  return new Pending(wait);
}

function waitForEvent(receiver: unknown, event: string): Pending {
  const wait: Arrival = { isDone: false };
  (receiver as { once(name: string, listener: (...values: unknown[]) => void): void }).once(
    event,
    (...values) => {
      wait.value = values;
      wait.isDone = true;
    },
  );
  return new Pending(wait);
}
