import { describe, expect, test } from "vitest";
import { aConfigHome, failureOf } from "./support/home.ts";

describe("profiles", () => {
  test("are not used unless one is named", async () => {
    await using home = await aConfigHome();
    await home.project("profiles:\n  ci:\n    seed: 9\n");
    const { config, profile } = await home.load();
    expect([config.seed, profile]).toEqual([1, null]);
  });

  test.each([
    ["development", { maxTime: 30_000, reruns: 3, sandbox: "auto" }],
    ["ci", { maxTime: 180_000, reruns: 10, sandbox: "auto" }],
    ["production", { maxTime: 600_000, reruns: 20, sandbox: "namespace" }],
  ])("have %s built in", async (profile, settings) => {
    await using home = await aConfigHome();
    const loaded = await home.load({ profile });
    expect(loaded.config).toMatchObject(settings);
    expect(loaded.origins.reruns.text).toBe(`built-in profile ${profile}`);
    expect(loaded.profile).toBe(profile);
  });

  test("win over files and lose to environment and flags", async () => {
    await using home = await aConfigHome();
    await home.user("seed: 2\nreruns: 2\nprofiles:\n  ci: { seed: 3, workers: 3 }\n");
    await home.project(
      "workers: 4\nbaseline: none\nprofiles:\n  ci:\n    workers: 5\n    baseline: existing\n",
    );
    const { config, origins } = await home.load(
      { profile: "ci", baseline: "none" },
      { REGOOSE_RERUNS: "6" },
    );
    expect(config).toMatchObject({ seed: 3, workers: 5, reruns: 6, baseline: "none" });
    expect([origins.seed, origins.workers, origins.reruns, origins.baseline]).toEqual([
      {
        kind: "profile",
        text: "profiles.ci in ~/.config/regoose/config.yaml:4:9",
        file: "~/.config/regoose/config.yaml",
        line: 4,
        column: 9,
      },
      {
        kind: "profile",
        text: "profiles.ci in regoose.config.yaml:5:5",
        file: "regoose.config.yaml",
        line: 5,
        column: 5,
      },
      { kind: "environment", text: "REGOOSE_RERUNS", file: null, line: null, column: null },
      { kind: "flag", text: "--baseline", file: null, line: null, column: null },
    ]);
  });

  test("are named by flag, environment, project or user, in this order", async () => {
    await using home = await aConfigHome();
    await home.user("profile: development\n");
    expect((await home.load()).profile).toBe("development");
    await home.project("profile: production\n");
    expect((await home.load()).profile).toBe("production");
    expect((await home.load({}, { REGOOSE_PROFILE: "ci" })).profile).toBe("ci");
    const flag = await home.load({ profile: "development" }, { REGOOSE_PROFILE: "ci" });
    expect(flag.profile).toBe("development");
    expect(flag.settings.get("profile")?.origin.text).toBe("--profile");
  });

  test("leave a bound on executions alone, as the default does", async () => {
    await using home = await aConfigHome();
    const { config, origins } = await home.load({ profile: "ci", maxExecutions: 10 });
    expect(config.maxTime).toBeNull();
    expect(origins.maxTime.text).toBe(
      "built-in profile ci, off because of maxExecutions (--max-executions)",
    );
    await home.project("profiles:\n  ci: { maxTime: 5s }\n");
    expect((await home.load({ profile: "ci", maxExecutions: 10 })).config.maxTime).toBe(5_000);
  });

  test("that are not there are named with the place and the nearest one", async () => {
    await using home = await aConfigHome();
    await home.user("profiles:\n  nightly: {}\n");
    await home.project("seed: 1\nprofile: nightl\n");
    const inFile = await failureOf(home.load());
    expect(inFile.code).toBe("RGS-2001");
    expect(inFile.message).toContain(
      'regoose.config.yaml:2:1: there is no profile "nightl"; did you mean "nightly"?',
    );
    const typed = await failureOf(home.load({ profile: "whatever-else" }));
    expect(typed.message).toContain(
      'command line: there is no profile "whatever-else"; the profiles are development, ci, production, nightly',
    );
    const variable = await failureOf(home.load({}, { REGOOSE_PROFILE: "constructor" }));
    expect(variable.message).toContain("environment REGOOSE_PROFILE: there is no profile");
  });

  test("have problems of their own at their place", async () => {
    await using home = await aConfigHome();
    await home.project("profiles:\n  ci:\n    sed: 9\n    reruns: no\n  Big: {}\n");
    const { message } = await failureOf(home.load());
    expect(message).toContain('regoose.config.yaml:3:5: unknown key "sed"; did you mean "seed"?');
    expect(message).toContain("regoose.config.yaml:4:13: profiles.ci.reruns");
    expect(message).toContain("regoose.config.yaml:5:3: profiles.Big: a name is made of small");
  });
});
