import vm from "node:vm";
import {
  takePrivateNode,
  type PrivateNode,
} from "../../../../../src/adapters/runner/harness/private-node.ts";
import type { HarnessConfig, HarnessLine } from "../../../../../src/contract/harness.ts";
import { COVERAGE_FILE, RESULT_FILE } from "../../../../../src/contract/run-folder.ts";

/** Node as the harness sees it: files in memory, a clock and polls that stand still until told. */
export interface FakeNode {
  readonly node: PrivateNode;
  /** Result lines written so far. */
  lines(): readonly HarnessLine[];
  /** The coverage dump, or null. */
  coverage(): unknown;
  /** Lets time pass, then polls once. */
  advance(durationMs: number): void;
  /** How many handles stand open, the poll of a body not counted. */
  resources: number;
  /** Polls that run. */
  polls(): number;
}

const WORK = "/work";

export function aConfig(changed: Partial<HarnessConfig> = {}): HarnessConfig {
  return {
    mode: "plain",
    workPath: WORK,
    files: ["a.test.js"],
    clockShiftMs: 0,
    shuffleSeed: null,
    pairs: [],
    settles: false,
    bodyLimitMs: null,
    stopAtFirstKill: false,
    pairTimeoutMs: 1_000,
    ...changed,
  };
}

/** `canWatch` false: worker threads are forbidden, as at the level `guarded`. */
export function createFakeNode(options: { readonly canWatch?: boolean } = {}): FakeNode {
  const files = new Map<string, string>();
  const polls = new Set<() => void>();
  let nowMs = 0;
  const real = takePrivateNode();
  class Worker {
    constructor() {
      if (options.canWatch === false) throw new Error("forbidden");
    }
    on(): void {}
    unref(): void {}
    terminate(): void {}
  }
  const fake: FakeNode = {
    resources: 0,
    node: {
      ...real,
      vm,
      monotonic: () => nowMs,
      countActiveResources: () => fake.resources + polls.size,
      setInterval: ((poll: () => void) => {
        polls.add(poll);
        return poll;
      }) as unknown as PrivateNode["setInterval"],
      clearInterval: ((poll: () => void) => {
        polls.delete(poll);
      }) as unknown as PrivateNode["clearInterval"],
      workers: { Worker } as unknown as PrivateNode["workers"],
      fs: {
        openSync: () => 7,
        closeSync: () => undefined,
        writeSync: ((_descriptor: number, text: string) => {
          files.set(RESULT_FILE, (files.get(RESULT_FILE) ?? "") + text);
          return text.length;
        }) as PrivateNode["fs"]["writeSync"],
        readFileSync: ((path: string) => {
          const text = files.get(path);
          if (text === undefined) throw new Error("ENOENT");
          return text;
        }) as unknown as PrivateNode["fs"]["readFileSync"],
        writeFileSync: ((path: string, text: string) => {
          files.set(path, text);
        }) as PrivateNode["fs"]["writeFileSync"],
        renameSync: ((from: string, to: string) => {
          files.set(to, files.get(from) ?? "");
          files.delete(from);
        }) as PrivateNode["fs"]["renameSync"],
      },
    },
    lines: () =>
      (files.get(RESULT_FILE) ?? "")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as HarnessLine),
    coverage: () => {
      const text = files.get(`${WORK}/${COVERAGE_FILE}`);
      return text === undefined ? null : (JSON.parse(text) as unknown);
    },
    advance(durationMs) {
      nowMs += durationMs;
      for (const poll of [...polls]) poll();
    },
    polls: () => polls.size,
  };
  return fake;
}
