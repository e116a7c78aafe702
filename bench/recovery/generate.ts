import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const BIN = join(import.meta.dirname, "../../bin/regoose.js");
/** A run that says nothing of the kind by then never will, ms; it may have to build the project first. */
const PATIENCE_MS = 120_000;
/** Long enough for its kills; the run is ended after them. */
const MAX_TIME = "10m";
/** What the run's log says of its search processes. */
const SAID = {
  useful: "a search process has executed programs",
  lost: "a search process was lost",
} as const;

type Word = keyof typeof SAID;
const WORDS: readonly Word[] = ["useful", "lost"];

interface Said {
  readonly word: Word;
  readonly atMs: number;
}

/** A `regoose generate` in a process of its own. Disposing ends it. */
export interface Generate extends AsyncDisposable {
  readonly pid: number;
  /**
   * Waits for the next line of its log that says so, after the one that was waited for last.
   *
   * @returns when it came, on the clock of `performance.now()`, ms
   * @throws Error when it does not come within two minutes, or the run ends before
   */
  next(word: Word): Promise<number>;
}

/** Starts it in a project, with one search process at a time, and listens to its log. */
export function startGenerate(root: string): Generate {
  const args = ["generate", "--json", "--quiet", "--workers", "1", "--max-time", MAX_TIME];
  const child = spawn(process.execPath, [BIN, ...args, "--dry-run"], {
    cwd: root,
    env: { ...process.env, REGOOSE_LOG: "info,search=debug", REGOOSE_LOG_TO: "stderr" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => {
      resolve();
    });
  });
  const said: Said[] = [];
  let wake = (): void => undefined;
  createInterface({ input: child.stderr }).on("line", (line) => {
    for (const word of WORDS)
      if (line.includes(SAID[word])) said.push({ word, atMs: performance.now() });
    wake();
  });
  const hear = async (word: Word): Promise<number> => {
    for (;;) {
      for (let one = said.shift(); one !== undefined; one = said.shift())
        if (one.word === word) return one.atMs;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return {
    pid: child.pid ?? 0,
    async next(word) {
      const stop = new AbortController();
      const fail = (why: string): never => {
        throw new Error(`the run's log never said "${SAID[word]}": ${why}`);
      };
      const late = sleep(PATIENCE_MS, undefined, { signal: stop.signal });
      late.catch(() => undefined);
      try {
        return await Promise.race([
          hear(word),
          ended.then(() => fail("the run ended")),
          late.then(() => fail("no news of it")),
        ]);
      } finally {
        stop.abort();
      }
    },
    async [Symbol.asyncDispose]() {
      // The second one ends it at once.
      for (const waitMs of [500, 0]) {
        child.kill("SIGINT");
        await sleep(waitMs);
      }
      await ended;
    },
  };
}
