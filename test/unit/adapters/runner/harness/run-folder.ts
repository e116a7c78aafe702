import { mkdtempSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { HarnessConfig, HarnessLine } from "../../../../../src/contract/harness.ts";
import { RESULT_FILE } from "../../../../../src/contract/run-folder.ts";
import { aConfig } from "./fake-node.ts";

/** A work copy on disk for the harness of one test. */
export interface RunFolder {
  readonly config: HarnessConfig;
  /** Absolute path of a file of the project. */
  pathOf(file: string): string;
  /** Result lines written so far. */
  lines(): readonly HarnessLine[];
  /** Each result of a test as `title status`, with the message of its failure. */
  results(): readonly string[];
}

/** Bounds far above what a test takes, so that no clock decides. */
export function openRunFolder(changed: Partial<HarnessConfig> = {}): RunFolder {
  const workPath = mkdtempSync(join(tmpdir(), "regoose-glue-"));
  onTestFinished(() => {
    rmSync(workPath, { recursive: true, force: true });
  });
  const results = join(workPath, RESULT_FILE);
  mkdirSync(dirname(results), { recursive: true });
  const lines = (): readonly HarnessLine[] =>
    readFileSync(results, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as HarnessLine);
  return {
    config: aConfig({ workPath, pairTimeoutMs: 60_000, ...changed }),
    pathOf: (file) => join(workPath, file),
    lines,
    results: () =>
      lines().flatMap((line) =>
        line.type === "test"
          ? [
              `${line.fullTitle}${line.clone === null ? "" : `#${line.clone}`} ${line.status}` +
                (line.failure === null ? "" : `: ${line.failure.message}`),
            ]
          : [],
      ),
  };
}
