import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "../../../kernel/clock.ts";
import { RegooseError, toErrno, toMessage } from "../../../kernel/errors.ts";
import { withFileLock } from "../../file-lock.ts";
import { isOwnerAlive, toProcessOwner } from "../../process-owner.ts";
import {
  type Account,
  type Amount,
  book,
  bookLost,
  createState,
  findRun,
  type LedgerState,
  parseState,
  type RunSpending,
  sumUp,
} from "./ledger-state.ts";

/** What is spent and set aside, by what bounds it. */
export type Sums = ReturnType<typeof sumUp>;

/** An amount set aside. */
export interface Held {
  /** Books what it came to, and frees the rest. */
  settle(spent: RunSpending): void;
}

/** What calls of all runs on this machine cost: the one book of all processes. */
export interface Ledger extends AsyncDisposable {
  /**
   * Sets an amount aside. `check` sees all that is spent and set aside by now, in all processes, and throws where there is
   * no room: nobody sets anything aside in between.
   * @throws what `check` throws, RunFolderUnwritable (RGS-7010)
   */
  hold(most: Amount, check: (sums: Sums) => void): Promise<Held>;
  /** Books what was not set aside; soon, and not at all where nothing can be written. */
  add(spent: RunSpending): void;
  /** What this run spent in earlier processes and in this one. @throws RunFolderUnwritable (RGS-7010) */
  spentByRun(): Promise<RunSpending>;
}

export interface LedgerOptions {
  /** Names the repository. */
  readonly repository: string;
  /** Names the run; none for calls of no run. */
  readonly run?: string | undefined;
  /** Day of UTC, `2026-11-28`. */
  readonly today: () => string;
}

type Change = (state: LedgerState) => void;
type Commit = (changes: readonly Change[]) => Promise<void>;

/** How long a process waits for others, each of which takes milliseconds. */
const MOST_WAIT_MS = 20_000;
let opened = 0;

/** In `spend.json` of the folder: sums and what is set aside, never a list of calls, so that it stays small. */
export function openLedger(clock: Clock, folder: string, options: LedgerOptions): Ledger {
  const path = join(folder, "spend.json");
  const lock = { mostMs: MOST_WAIT_MS, createTimeout: () => new Error("it is locked") };
  return createLedger(options, async (changes) => {
    try {
      await mkdir(dirname(path), { recursive: true });
      await withFileLock(clock, `${path}.lock`, lock, async () => {
        const state = await readState(path);
        for (const change of changes) change(state);
        const aside = `${path}.${String(process.pid)}`;
        await writeFile(aside, `${JSON.stringify(state)}\n`, { mode: 0o600 });
        await rename(aside, path);
      });
    } catch (failure) {
      throw createUnwritable(path, failure);
    }
  });
}

/** One that ends with the process. */
export function createMemoryLedger(options: LedgerOptions): Ledger {
  const state = createState();
  return createLedger(options, (changes) => {
    for (const change of changes) change(state);
    return Promise.resolve();
  });
}

function createLedger({ repository, run, today }: LedgerOptions, commit: Commit): Ledger {
  const owner = toProcessOwner();
  const name = `${owner}/${String((opened += 1))}`;
  const toAccount = (): Account => ({ day: today(), repository, run: run ?? name });
  const queue = createQueue(commit);
  let holds = 0;
  const add = ({ spent, account, frees }: Booking): Promise<void> =>
    queue.add((state) => {
      state.held = state.held.filter(({ id }) => id !== frees);
      if (spent.cost > 0n || spent.tokens > 0) book(state, account, spent);
    });
  return {
    async hold(most, check) {
      const account = toAccount();
      const id = `${name}/${String((holds += 1))}`;
      await queue.add((state) => {
        bookLost(state, isOwnerAlive);
        check(sumUp(state, account));
        const { cost, tokens } = most;
        state.held.push({ ...account, id, owner, pico: cost.toString(), tokens });
      });
      let isOpen = true;
      return {
        settle(spent) {
          if (!isOpen) return;
          isOpen = false;
          // Unwritten, it stays set aside, and counts with the most that it could come to.
          add({ spent, account, frees: id }).catch(() => undefined);
        },
      };
    },
    add(spent) {
      add({ spent, account: toAccount(), frees: null }).catch(() => undefined);
    },
    async spentByRun() {
      const found: { spending: RunSpending | null } = { spending: null };
      await queue.add((state) => {
        const { pico, tokens, isPriced } = findRun(state, run ?? name, today());
        found.spending = { cost: BigInt(pico), tokens, isPriced };
      });
      return found.spending ?? { cost: 0n, tokens: 0, isPriced: true };
    },
    [Symbol.asyncDispose]: () => queue.idle(),
  };
}

interface Booking {
  readonly spent: RunSpending;
  readonly account: Account;
  /** Id of what was set aside for it; null where nothing was. */
  readonly frees: string | null;
}

interface Queue {
  /** Rejects with what the change throws, or why nothing could be written. */
  add(change: Change): Promise<void>;
  idle(): Promise<void>;
}

/** All changes that wait are written together: calls at the same time do not queue for the disk one by one. */
function createQueue(commit: Commit): Queue {
  interface Waiting {
    readonly change: Change;
    readonly resolve: () => void;
    readonly reject: (failure: Error) => void;
  }
  let waiting: Waiting[] = [];
  let pumping: Promise<void> | null = null;
  const pump = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const refused = new Map<Waiting, Error>();
      const tryChange = (one: Waiting, state: LedgerState): void => {
        try {
          one.change(state);
        } catch (failure) {
          refused.set(one, toError(failure));
        }
      };
      const changes = batch.map((one) => (state: LedgerState) => {
        tryChange(one, state);
      });
      const broken = await commit(changes).then(() => null, toError);
      for (const one of batch) {
        const failure = refused.get(one) ?? broken;
        if (failure === null) one.resolve();
        else one.reject(failure);
      }
    }
    pumping = null;
  };
  return {
    add: (change) =>
      new Promise((resolve, reject) => {
        waiting.push({ change, resolve, reject });
        pumping ??= pump();
      }),
    idle: async () => {
      await pumping;
    },
  };
}

/** A damaged file is an error: to begin at nothing would be to spend what is spent already. */
async function readState(path: string): Promise<LedgerState> {
  try {
    return parseState(await readFile(path, "utf8"));
  } catch (failure) {
    if (toErrno(failure) === "ENOENT") return createState();
    throw failure;
  }
}

function createUnwritable(path: string, cause: unknown): RegooseError {
  const why = toErrno(cause) ?? toMessage(cause);
  return new RegooseError("RGS-7010", `cannot keep count of what models cost in ${path}: ${why}`, {
    hint: "make the file and its folder readable and writable; one that is damaged may be deleted, and what was spent before is forgotten then",
    cause,
  });
}

function toError(failure: unknown): Error {
  return failure instanceof Error ? failure : new Error(String(failure));
}
