import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openHandOver, type HandedConfig } from "../../../src/app/serve/hand-over.ts";
import { openLiveConfig } from "../../../src/app/serve/live-config.ts";
import { readEnvironment } from "../../../src/config/environment.ts";
import { FLAGS } from "../../../src/config/flags/registry.ts";
import { FILE_KEYS, SETTINGS, type ConfigKey, type Reload } from "../../../src/config/keys.ts";
import { factsOf } from "../../../src/config/layers/leaf.ts";
import { loadConfig } from "../../../src/config/load-config.ts";
import { PROVIDER_KEYS, type ProviderKey } from "../../../src/config/provider-keys.ts";
import { isSameValue } from "../../../src/config/reload/config-changes.ts";
import { SERVER_SETTINGS, type ServerKey } from "../../../src/config/server/server-keys.ts";
import type { FlagName } from "../../../src/contract/feature-flags.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { applyLiveKeys } from "../../../src/server/live-keys.ts";

/** A value before and one after, as a file writes them. */
type Change = readonly [before: unknown, after: unknown];

const OF_RUNS: { readonly [K in ConfigKey]: Change } = {
  engine: ["search", "auto"],
  maxTime: ["30s", "40s"],
  maxExecutions: [100, 200],
  seed: [1, 2],
  workers: [1, 2],
  framework: ["node", "vitest"],
  language: ["python", "perl"],
  testCommand: ["one {file}", "two {file}"],
  out: ["one", "two"],
  baseline: ["existing", "none"],
  sandbox: ["namespace", "auto"],
  reruns: [1, 2],
  maxIterations: [1, 2],
  include: [["a/**"], ["b/**"]],
  exclude: [["a/**"], ["b/**"]],
  provider: ["auto", "mine"],
  budgetUsd: [1, 2],
  budgetTokens: [1, 2],
  budgetUsdPerDay: [1, 2],
  budgetTokensPerDay: [1, 2],
  budgetUsdPerRepository: [1, 2],
  budgetTokensPerRepository: [1, 2],
};

const OF_A_PROVIDER: { readonly [K in ProviderKey]: Change } = {
  kind: ["openai", "anthropic"],
  model: ["one", "two"],
  modelPath: ["/one.gguf", "/two.gguf"],
  apiKey: ["env:REGOOSE_TEST_ONE", "env:REGOOSE_TEST_TWO"],
  moreKeys: [["env:REGOOSE_TEST_ONE"], ["env:REGOOSE_TEST_TWO"]],
  baseUrl: ["http://127.0.0.1:1", "http://127.0.0.1:2"],
  headers: [{ "x-team": "one" }, { "x-team": "two" }],
  certificate: ["/one.pem", "/two.pem"],
  timeout: ["1s", "2s"],
  organization: ["one", "two"],
  project: ["one", "two"],
  proxy: ["http://127.0.0.1:1", "http://127.0.0.1:2"],
  parameters: [{ temperature: 0 }, { temperature: 1 }],
  models: [{ one: { temperature: 0 } }, { one: { temperature: 1 } }],
  policy: ["strict", "raw"],
  concurrency: [1, 2],
  contextTokens: [1_000, 2_000],
  capabilities: [["json"], ["tools"]],
  hedgeAfter: ["1s", "2s"],
};

const OF_THE_SERVER: { readonly [K in ServerKey]: Change } = {
  host: ["127.0.0.1", "localhost"],
  port: [4_001, 4_002],
  concurrency: [1, 2],
  queue: [1, 2],
  log: ["info", "debug"],
  runLog: ["info", "debug"],
  online: [false, true],
  state: ["/one", "/two"],
  triggers: [{ "temp-short": { enabled: true } }, { "temp-short": { enabled: false } }],
};

const FLAG_VALUES: { readonly [F in FlagName]: Change } = {
  searchBalance: ["coverage", "mutants"],
  fewestTests: [true, false],
};

/** Sections and keys about the file itself; those that only hold others, or say how to read it, have no value. */
const OF_THE_FILE: { readonly [K in keyof typeof FILE_KEYS]: Change | null } = {
  version: null,
  profiles: null,
  profile: ["one", "two"],
  providers: [{ mine: at(OF_A_PROVIDER, 0) }, { mine: at(OF_A_PROVIDER, 1) }],
  roles: [{ judge: { temperature: 0 } }, { judge: { temperature: 1 } }],
  prices: [{ "mine/one": { input: 1, output: 1 } }, { "mine/one": { input: 2, output: 2 } }],
  flags: [at(FLAG_VALUES, 0), at(FLAG_VALUES, 1)],
  experiments: [{ one: anExperiment(1) }, { one: anExperiment(2) }],
  server: [at(OF_THE_SERVER, 0), at(OF_THE_SERVER, 1)],
  trustedProjects: [["/one"], ["/two"]],
};

function anExperiment(weight: number): object {
  return { flag: "fewestTests", variants: { true: weight, false: 1 } };
}

function at(changes: Readonly<Record<string, Change | null>>, index: 0 | 1): object {
  return Object.fromEntries(
    Object.entries(changes).flatMap(([key, change]) =>
      change === null ? [] : [[key, change[index]]],
    ),
  );
}

/** A file with every key; YAML holds JSON. */
function toFile(index: 0 | 1): string {
  const profiles = { one: {}, two: {} };
  return JSON.stringify({ ...at(OF_RUNS, index), ...at(OF_THE_FILE, index), profiles });
}

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "regoose-classes-"));
  await mkdir(join(home, "regoose"));
  await mkdir(join(home, "project"));
  await writeFile(join(home, "project", "package.json"), "{}");
  vi.stubEnv("HOME", home);
  vi.stubEnv("XDG_CONFIG_HOME", home);
  vi.stubEnv("REGOOSE_TEST_ONE", "one");
  vi.stubEnv("REGOOSE_TEST_TWO", "two");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

/** Keys of the server that are put into effect while it goes on. */
function listApplied(server: object): ReadonlySet<string> {
  const read = new Set<string>();
  const watched = new Proxy(server, {
    get(target, key) {
      read.add(String(key));
      return Reflect.get(target, key) as unknown;
    },
  });
  const log = { setLevels: () => [], logger: never, [Symbol.asyncDispose]: never };
  applyLiveKeys({ log, service: { setLimits: () => undefined } }, watched as never);
  return read;
}

const never = (): never => {
  throw new Error("is not asked");
};

test("every key counts when its class says: at once, for the next run, or after a restart", async () => {
  const user = join(home, "regoose", "config.yaml");
  const project = join(home, "project");
  await writeFile(user, toFile(0));
  await using config = await openLiveConfig(
    { clock: createSystemClock() },
    { cwd: home, flags: {} },
  );
  const hand = await openHandOver(config, join(home, "state"));
  const goesBy = async ({ environment }: HandedConfig) => {
    const handed = { HOME: home, ...environment };
    return (await loadConfig({ root: project, environment: readEnvironment(handed), flags: {} }))
      .settings;
  };
  const before = config.kept.loaded;
  await using going = await hand("r000000001", project);
  const levelsBefore = config.runLog();
  await writeFile(`${user}.new`, toFile(1));
  await rename(`${user}.new`, user);
  await expect.poll(() => config.kept.version, { timeout: 60_000 }).toBe(2);
  await using next = await hand("r000000002", project);

  const [ofGoing, ofNext] = [await goesBy(going), await goesBy(next)];
  const applied = listApplied(config.kept.loaded.server);
  const observe = (key: string, path: readonly string[]): Reload | "never" => {
    if (path[0] === "server") {
      const own = path[1] ?? "";
      const isTold = own === "runLog" && config.runLog() !== levelsBefore;
      return isTold || applied.has(own) ? "live" : "restart";
    }
    const [old, present] = [ofGoing.get(key)?.value, ofNext.get(key)?.value];
    // A run that goes on has what it was handed, the next one has what stands there now.
    return isSameValue(old, before.settings.get(key)?.value) && !isSameValue(old, present)
      ? "next-run"
      : "never";
  };
  const keys = [...config.kept.loaded.settings].filter(
    ([key, { value }]) => !isSameValue(value, before.settings.get(key)?.value),
  );
  const observed = keys.map(([key, { path }]) => [key, observe(key, path)]);
  expect(observed).toEqual(keys.map(([key, { path }]) => [key, factsOf(path)?.reload]));

  // No key of the reference is missing from what was changed.
  const changed = new Set(keys.map(([, { path }]) => factsOf(path)));
  const listed = {
    ...SETTINGS,
    ...PROVIDER_KEYS,
    ...FLAGS,
    ...Object.fromEntries(
      Object.entries(SERVER_SETTINGS).map(([key, facts]) => [`server.${key}`, facts]),
    ),
    ...Object.fromEntries(
      (["profile", "roles", "prices", "trustedProjects"] as const).map((key) => [
        key,
        FILE_KEYS[key],
      ]),
    ),
  };
  expect(
    Object.entries(listed)
      .filter(([, facts]) => !changed.has(facts))
      .map(([key]) => key),
  ).toEqual([]);
  expect(config.pending().map(({ path }) => path.join("."))).toEqual(
    observed.filter(([, reload]) => reload === "restart").map(([key]) => key),
  );
});
