import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LoadedConfig } from "../../../src/config/load-config.ts";
import type { PartialConfig } from "../../../src/config/keys.ts";
import { aConfigHome, type ConfigHome, failureOf as failure } from "./support/home.ts";

let home: ConfigHome;
let folder: string;
let root: string;

beforeEach(async () => {
  home = await aConfigHome();
  ({ folder, root } = home);
});

afterEach(() => home[Symbol.asyncDispose]());

const project = (text: string, name?: string): Promise<void> => home.project(text, name);
const user = (text: string): Promise<void> => home.user(text);

function load(
  flags?: PartialConfig,
  variables?: Readonly<Record<string, string>>,
): Promise<LoadedConfig> {
  return home.load(flags, variables);
}

describe("merging configuration", () => {
  test("gives defaults when nothing is configured", async () => {
    const { config, origins, degradations, notes, files } = await load();
    expect(config).toEqual({
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
      language: null,
      testCommand: null,
      include: [],
      exclude: [],
      provider: "auto",
      budgetUsd: null,
      budgetTokens: null,
      budgetUsdPerDay: null,
      budgetTokensPerDay: null,
      budgetUsdPerRepository: null,
      budgetTokensPerRepository: null,
    });
    expect(new Set(Object.values(origins).map(({ kind }) => kind))).toEqual(new Set(["default"]));
    expect([degradations, notes, files]).toEqual([[], [], []]);
  });

  test("lets flags win over environment, project, user and defaults", async () => {
    await user("seed: 2\nreruns: 2\nworkers: 2\nmaxTime: 20s\n");
    await project("seed: 3\nreruns: 3\nworkers: 3\n");
    const { config, origins, files } = await load(
      { seed: 5 },
      { REGOOSE_SEED: "4", REGOOSE_RERUNS: "4" },
    );
    expect(config).toMatchObject({ seed: 5, reruns: 4, workers: 3, maxTime: 20_000 });
    expect(
      [origins.seed, origins.reruns, origins.workers, origins.maxTime, origins.out].map(
        ({ text }) => text,
      ),
    ).toEqual([
      "--seed",
      "REGOOSE_RERUNS",
      "regoose.config.yaml:3:1",
      "~/.config/regoose/config.yaml:4:1",
      "default",
    ]);
    expect(files).toHaveLength(2);
  });

  test("reads durations, lists and the .yml name", async () => {
    await project("maxTime: 2m\ninclude: [src/a.js]\n", "regoose.config.yml");
    const { config } = await load({}, { REGOOSE_EXCLUDE: "src/b.js, ,src/c.js", REGOOSE_OUT: "9" });
    expect(config).toMatchObject({
      maxTime: 120_000,
      include: ["src/a.js"],
      exclude: ["src/b.js", "src/c.js"],
      out: "9",
    });
  });

  test("reads a plain number as seconds", async () => {
    await project("maxTime: 5\n");
    expect((await load()).config.maxTime).toBe(5_000);
    expect((await load({}, { REGOOSE_MAX_TIME: "7" })).config.maxTime).toBe(7_000);
  });

  test("takes the default time limit away when executions bound the run", async () => {
    expect((await load({ maxExecutions: 10 })).config.maxTime).toBeNull();
    expect((await load({ maxExecutions: 10, maxTime: 3_000 })).config.maxTime).toBe(3_000);
  });

  test("finds the user's file where XDG_CONFIG_HOME says", async () => {
    await user("seed: 2\n");
    await mkdir(join(folder, "xdg", "regoose"), { recursive: true });
    await writeFile(join(folder, "xdg", "regoose", "config.yaml"), "seed: 3\n");
    const { config, files } = await load({}, { XDG_CONFIG_HOME: join(folder, "xdg") });
    expect(config.seed).toBe(3);
    expect(files).toEqual([join(folder, "xdg", "regoose", "config.yaml")]);
  });

  test("accepts an empty file", async () => {
    await project("# nothing yet\n");
    expect((await load()).config.seed).toBe(1);
  });

  test("mentions variables that look like a misspelt setting", async () => {
    const { degradations, notes } = await load(
      {},
      { REGOOSE_SEDE: "4", REGOOSE_SOMETHING_ELSE_ENTIRELY: "1" },
    );
    expect(degradations).toEqual([expect.stringContaining("did you mean REGOOSE_SEED?")]);
    expect(notes).toEqual([]);
  });
});

describe("the trust rule for the sandbox level", () => {
  test("lets a project raise the level", async () => {
    await project("sandbox: namespace\n");
    expect((await load()).config.sandbox).toBe("namespace");
  });

  test("never lets a project lower the level", async () => {
    await user("sandbox: namespace\n");
    for (const wanted of ["auto", "guarded"]) {
      await project(`sandbox: ${wanted}\n`);
      const { config, degradations, notes } = await load();
      expect(config.sandbox).toBe("namespace");
      expect(notes).toEqual([expect.stringContaining("cannot lower")]);
      expect(degradations).toEqual([]);
    }
  });

  test("counts guarded as lower than the default", async () => {
    await project("sandbox: guarded\n");
    const { config, origins } = await load();
    expect([config.sandbox, origins.sandbox.kind]).toEqual(["auto", "default"]);
  });

  test("lets the user lower it by flag, environment or own file", async () => {
    await project("sandbox: namespace\n");
    expect((await load({ sandbox: "guarded" })).config.sandbox).toBe("guarded");
    expect((await load({}, { REGOOSE_SANDBOX: "guarded" })).config.sandbox).toBe("guarded");
    await rm(join(root, "regoose.config.yaml"));
    await user("sandbox: guarded\n");
    expect((await load()).config.sandbox).toBe("guarded");
  });
});

describe("invalid configuration", () => {
  test("names file, line, column and the nearest key, for every problem at once", async () => {
    await project("engin: search\nseed: many\nframework: karma\ntotally: 1\nmaxTime: soon\n");
    const error = await failure(load({}, { REGOOSE_RERUNS: "none" }));
    expect([error.code, error.errorClass]).toEqual(["RGS-2001", "configuration"]);
    const lines = error.message.split("\n");
    expect(lines[0]).toBe("the configuration has 6 problems");
    expect(lines[1]).toBe('regoose.config.yaml:1:1: unknown key "engin"; did you mean "engine"?');
    expect(lines[2]).toMatch(/^regoose\.config\.yaml:2:7: seed/);
    expect(lines[3]).toBe(
      'regoose.config.yaml:3:12: framework is "karma"; it has to be auto, node, vitest, jest, mocha',
    );
    expect(lines[4]).toMatch(
      /^regoose\.config\.yaml:4:1: unknown key "totally"; the keys are engine/,
    );
    expect(lines[5]).toMatch(/^regoose\.config\.yaml:5:10: maxTime: .*not a duration/);
    expect(lines[6]).toMatch(/^environment REGOOSE_RERUNS: reruns/);
  });

  test("places problems inside lists and in values of a wrong kind", async () => {
    await project("include:\n  - src/a.js\n  - 7\nmaxTime: [1]\n");
    const error = await failure(load());
    expect(error.message).toContain("regoose.config.yaml:3:5: include.1");
    expect(error.message).toContain(
      "regoose.config.yaml:4:10: maxTime has to be a text or a number",
    );
  });

  test("names YAML errors with their place", async () => {
    await project("seed: 1\nseed: 2\nout: [\n");
    const error = await failure(load());
    expect(error.message).toMatch(/regoose\.config\.yaml:\d+:\d+: /);
    expect(error.details["problems"]).not.toHaveLength(0);
  });

  test("refuses a list or a text instead of keys", async () => {
    await project("- a\n- b\n");
    expect((await failure(load())).message).toContain(
      "regoose.config.yaml:1:1: expected keys and values",
    );
    await project("hello\n");
    expect((await failure(load())).message).toContain("expected keys and values");
  });

  test("refuses a file full of aliases", async () => {
    const bomb = ["a: &a [1,1,1,1,1,1,1,1,1]"];
    for (let index = 0; index < 12; index += 1) {
      const previous = String.fromCharCode(97 + index);
      const name = String.fromCharCode(98 + index);
      bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${previous}`).join(",")}]`);
    }
    await project(bomb.join("\n"));
    expect((await failure(load())).code).toBe("RGS-2001");
  });

  test("refuses two project files", async () => {
    await project("seed: 1\n");
    await project("seed: 2\n", "regoose.config.yml");
    expect((await failure(load())).message).toContain("there are two configuration files");
  });

  test("does not follow a link, open a folder, or read a huge file", async () => {
    await writeFile(join(folder, "elsewhere.yaml"), "seed: 9\n");
    await symlink(join(folder, "elsewhere.yaml"), join(root, "regoose.config.yaml"));
    expect((await failure(load())).message).toContain("it is a symbolic link");
    await rm(join(root, "regoose.config.yaml"));
    await mkdir(join(root, "regoose.config.yaml"));
    expect((await failure(load())).message).toContain("it is not a regular file");
    await rm(join(root, "regoose.config.yaml"), { recursive: true });
    await project(`# ${"x".repeat(1_000_001)}\n`);
    const error = await failure(load());
    expect([error.code, error.message]).toEqual([
      "RGS-2002",
      expect.stringContaining("larger than 1 MB"),
    ]);
  });
});
