import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { createBubblewrapBackend } from "../../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import { chooseLanguage } from "../../../src/app/languages/choose-language.ts";
import {
  layLanguageGround,
  type LanguageGround,
} from "../../../src/app/languages/language-ground.ts";
import type { Mutant } from "../../../src/contract/mutant.ts";
import type { PairResult, TestRunReport } from "../../../src/contract/test-run.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import type { TestRunRequest } from "../../../src/ports/runner.ts";

const clock = createSystemClock();
const sandboxes = createBubblewrapBackend({ clock });
const { signal } = new AbortController();

/** A small project in another language, with the real runner in the real sandbox. */
export interface LanguageBench extends Disposable {
  readonly ground: LanguageGround;
  /** The project's folder on the host. */
  readonly root: string;
  run(
    testFiles: Readonly<Record<string, string>>,
    more?: Partial<TestRunRequest>,
  ): Promise<TestRunReport>;
  /** Tries each test against each mutant; answers `original → replacement` with what became of it. */
  tryMutants(
    testFiles: Readonly<Record<string, string>>,
    titles: readonly string[],
  ): Promise<readonly (PairResult & { readonly mutant: Mutant | undefined })[]>;
}

export async function openLanguageBench(
  files: Readonly<Record<string, string>>,
  input: {
    readonly language: string;
    readonly sources: readonly string[];
    readonly testCommand?: string;
    readonly goModule?: string;
    /** Does what files alone cannot, such as links. */
    readonly arrange?: (root: string) => void;
  },
): Promise<LanguageBench> {
  const root = mkdtempSync(join(tmpdir(), "regoose-language-"));
  const scratch = mkdtempSync(join(tmpdir(), "regoose-language-scratch-"));
  using folders = new DisposableStack();
  for (const folder of [root, scratch]) {
    folders.defer(() => {
      rmSync(folder, { recursive: true, force: true });
    });
  }
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  input.arrange?.(root);
  const { testCommand = null, goModule = null } = input;
  const language = chooseLanguage({ language: input.language, testCommand });
  if (language === null) throw new TypeError("it is JavaScript");
  const ground = await layLanguageGround(
    { clock },
    {
      ...{ root, language, sandboxes, goModule },
      sources: input.sources.map((path) => ({ path, content: files[path] ?? "" })),
      staged: { folder: root, createLayer: () => Promise.resolve(scratch) },
    },
  );
  const run: LanguageBench["run"] = (testFiles, more = {}) =>
    ground.runner.run(
      {
        ...{
          testFiles,
          run: Object.keys(testFiles),
          overlay: {},
          timeZone: "UTC",
          clockShiftMs: 0,
        },
        ...{ mode: { kind: "plain", shuffleSeed: null }, timeoutMs: 60_000 },
        ...more,
      },
      { signal },
    );
  // Only a bench that stands keeps its folders: whoever got none can remove none.
  const kept = folders.move();
  return {
    ...{ ground, root, run },
    async tryMutants(testFiles, titles) {
      const [file = ""] = Object.keys(testFiles);
      const switchIds = ["none", ...ground.mutants.map(({ switchId }) => switchId), "none"];
      const pairs = titles.map((fullTitle) => ({ file, fullTitle, switchIds }));
      const report = await run(testFiles, {
        mode: { kind: "mutants", pairs, stopAtFirstKill: false, pairTimeoutMs: 1_000 },
        timeoutMs: 120_000,
      });
      return report.pairs.map((pair) => ({
        ...pair,
        mutant: ground.mutants.find(({ switchId }) => switchId === pair.switchId),
      }));
    },
    [Symbol.dispose]() {
      kept.dispose();
    },
  };
}
