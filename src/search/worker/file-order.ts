import { realSetImmediate } from "./private-world.ts";

/** Functions whose last argument is told of many things, not of the end of one. */
const LISTENERS = /^(?:watch|unwatch)/u;
/** Most turns of the event loop that an ending is held back. */
const MOST_TURNS = 8;

/**
 * Changes the order in which file operations end that were begun together: on a disk it is anybody's guess, and
 * here, on a quiet machine, nearly always the same. Each ending waits for some turns of the event loop, the earlier
 * begun the longer.
 */
export interface FileOrder {
  /** The arguments of a call, the callback among them made to come later. */
  withLateCallback(name: string, args: readonly unknown[]): readonly unknown[];
  /** What a call answered, later where it is a promise. */
  toLate(answer: unknown): unknown;
}

export function createFileOrder(): FileOrder {
  let calls = 0;
  const nextTurns = (): number => {
    // What is begun in one turn of the loop is a batch of its own, whatever was begun before.
    if (calls === 0) realSetImmediate(() => void (calls = 0));
    calls += 1;
    // 7, 6, 5, …: what was begun last ends first.
    return Math.max(0, MOST_TURNS - calls);
  };
  return {
    withLateCallback(name, args) {
      const callback = args.at(-1);
      if (typeof callback !== "function" || LISTENERS.test(name)) return args;
      const turns = nextTurns();
      const late = function (this: unknown, ...results: unknown[]): void {
        afterTurns(turns, () => {
          Reflect.apply(callback, this, results);
        });
      };
      return [...args.slice(0, -1), late];
    },
    toLate(answer) {
      if (!(answer instanceof Promise)) return answer;
      const turns = nextTurns();
      return answer.finally(
        () =>
          new Promise<void>((resolve) => {
            afterTurns(turns, resolve);
          }),
      );
    },
  };
}

function afterTurns(turns: number, work: () => void): void {
  if (turns <= 0) work();
  else
    realSetImmediate(() => {
      afterTurns(turns - 1, work);
    });
}
