import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readEnvironment } from "../../../src/config/environment.ts";
import { loadConfig } from "../../../src/config/load-config.ts";

const CORPUS = join(import.meta.dirname, "..", "..", "fixtures", "config-corpus");

/** What version 0.1.0 made of each file: a file that it read has to mean the same in every later version. */
const MEANINGS: Readonly<Record<string, object>> = {
  "alias.yaml": { include: ["lib/*.js"], exclude: ["lib/*.js"] },
  "bom-crlf.yaml": { seed: 8 },
  "empty.yaml": {},
  "every-key.yaml": {
    engine: "search",
    maxTime: 120_000,
    maxExecutions: 1_000,
    seed: 42,
    workers: 2,
    framework: "vitest",
    out: "tests/regoose",
    baseline: "none",
    sandbox: "namespace",
    reruns: 7,
    include: ["src/**/*.ts"],
    exclude: ["src/generated/**", "src/b c.ts"],
  },
  "flow.yaml": { seed: 3, reruns: 1, maxTime: 90_000 },
  "init-0.1.0.yaml": { framework: "mocha" },
  "json.yaml": { framework: "jest", include: ["a.js", "b.js"] },
  "nulls.yaml": {},
  "seconds.yaml": { maxTime: 90_000 },
};

const DEFAULTS = {
  engine: "auto",
  maxTime: 60_000,
  maxExecutions: null,
  seed: 1,
  workers: null,
  framework: "auto",
  out: null,
  baseline: "existing",
  sandbox: "auto",
  reruns: 5,
  maxIterations: 3,
  include: [],
  exclude: [],
  // Later keys.
  language: null,
  testCommand: null,
  provider: "auto",
  budgetUsd: null,
  budgetTokens: null,
  budgetUsdPerDay: null,
  budgetTokensPerDay: null,
  budgetUsdPerRepository: null,
  budgetTokensPerRepository: null,
};

test("the corpus has a meaning for each file", async () => {
  expect((await readdir(CORPUS)).toSorted()).toEqual(Object.keys(MEANINGS));
});

test.each(Object.entries(MEANINGS))("%s still loads to the same values", async (name, meaning) => {
  const folder = await mkdtemp(join(tmpdir(), "regoose-corpus-"));
  try {
    await cp(join(CORPUS, name), join(folder, "regoose.config.yaml"));
    const environment = readEnvironment({ XDG_CONFIG_HOME: join(folder, "xdg") });
    const { config, notes, degradations } = await loadConfig({
      root: folder,
      environment,
      flags: {},
    });
    expect(config).toEqual({ ...DEFAULTS, ...meaning });
    expect([notes, degradations]).toEqual([[], []]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
