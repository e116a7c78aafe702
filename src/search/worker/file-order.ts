import { realSetImmediate } from "./private-world.ts";

/** Functions whose last argument is told of many things, not of the end of one. */
const LISTENERS = /^(?:watch|unwatch)/u;
/** Most turns of the event loop that an ending is held back. */
const MOST_TURNS = 5;

/**
 * Changes the order in which file operations end that were begun together: on a disk it is anybody's guess, and
 * here, on a quiet machine, nearly always the same. Each ending waits for some turns of the event loop, by turns
 * more and less.
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
    calls += 1;
    // 4, 3, 2, 1, 0, 4, …: what was begun last ends first.
    return MOST_TURNS - 1 - ((calls - 1) % MOST_TURNS);
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
