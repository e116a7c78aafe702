import { describe, expect, test } from "vitest";
import { chooseExperiments } from "../../../src/config/flags/choose-experiments.ts";
import { aConfigHome, failureOf } from "./support/home.ts";

const RULES = [
  "flags:",
  "  searchBalance: mutants",
  "  fewestTests:",
  "    rules:",
  "      - when: { runner: [vitest, jest], typescript: true }",
  "        value: true",
  "      - percent: 12.5",
  "        value: true",
].join("\n");

const EXPERIMENT = "  balance: { flag: searchBalance, variants: { coverage: 3, mutants: 1 } }\n";

describe("feature flags in a configuration", () => {
  test("are values, or rules with what counts otherwise", async () => {
    await using home = await aConfigHome();
    await home.project(`${RULES}\n`);
    const { flags, settings } = await home.load();
    expect(flags).toEqual({
      searchBalance: { rules: [], otherwise: "mutants" },
      fewestTests: {
        rules: [
          { when: { runner: ["vitest", "jest"], typescript: [true] }, value: true },
          { percent: 12.5, value: true },
        ],
        otherwise: false,
      },
    });
    expect(settings.get("flags.searchBalance")?.origin.text).toBe("regoose.config.yaml:2:3");
  });

  test("of a later source replace those of an earlier one, flag by flag", async () => {
    await using home = await aConfigHome();
    await home.user("flags: { searchBalance: mutants, fewestTests: true }\n");
    await home.project(
      "flags: { fewestTests: false }\nprofiles: { p: { flags: { searchBalance: coverage } } }\n",
    );
    const values = async (variables = {}, profile = {}): Promise<readonly unknown[]> => {
      const { flags } = await home.load(profile, variables);
      return [flags.searchBalance?.otherwise, flags.fewestTests?.otherwise];
    };
    expect(await values()).toEqual(["mutants", false]);
    expect(await values({}, { profile: "p" })).toEqual(["coverage", false]);
    const typed = { REGOOSE_FLAGS_SEARCH_BALANCE: "coverage", REGOOSE_FLAGS_FEWEST_TESTS: "true" };
    expect(await values(typed)).toEqual(["coverage", true]);
  });

  test.each([
    [
      "flags: { serchBalance: mutants }",
      '1:10: unknown key "serchBalance"; did you mean "searchBalance"?',
    ],
    [
      "flags: { searchBalance: kills }",
      '1:25: flags.searchBalance is "kills"; it has to be coverage, mutants, or have rules',
    ],
    [
      "flags: { fewestTests: 1 }",
      "1:23: flags.fewestTests is 1; it has to be true, false, or have rules",
    ],
    ["flags: { fewestTests: { rules: [{ value: 1 }] } }", "1:42: flags.fewestTests.rules.0.value"],
    [
      "flags: { fewestTests: { rules: [{ percent: 101, value: true }] } }",
      "1:44: flags.fewestTests.rules.0.percent",
    ],
    [
      "flags: { fewestTests: { rules: [{ when: { runer: node }, value: true }] } }",
      '1:43: unknown key "runer"; did you mean "runner"?',
    ],
    ["flags: { fewestTests: { rule: [] } }", '1:25: unknown key "rule"; did you mean "rules"?'],
  ])("that are wrong are named with their place: %s", async (text, problem) => {
    await using home = await aConfigHome();
    await home.project(`${text}\n`);
    const { message } = await failureOf(home.load());
    expect(message).toContain(`regoose.config.yaml:${problem}`);
  });

  test("that are wrong in a variable name the variable", async () => {
    await using home = await aConfigHome();
    const wrong = { REGOOSE_FLAGS_FEWEST_TESTS: "perhaps" };
    expect((await failureOf(home.load({}, wrong))).message).toContain(
      "environment REGOOSE_FLAGS_FEWEST_TESTS: flags.fewestTests",
    );
    const { degradations } = await home.load({}, { REGOOSE_FLAGS_FEWEST_TEST: "true" });
    expect(degradations).toEqual([expect.stringContaining("REGOOSE_FLAGS_FEWEST_TESTS?")]);
  });
});

describe("experiments in a configuration", () => {
  test("have a unit and a minimum unless told otherwise", async () => {
    await using home = await aConfigHome();
    await home.project(`experiments:\n${EXPERIMENT}`);
    expect((await home.load()).experiments).toEqual([
      {
        ...{ name: "balance", flag: "searchBalance", unit: "run", minimum: 30 },
        variants: { coverage: 3, mutants: 1 },
      },
    ]);
  });

  test.each([
    [
      "{ flag: searchBalance, variants: { coverage: 1, kills: 1 } }",
      '"kills" is no value of searchBalance; the values are coverage, mutants',
    ],
    [
      "{ flag: searchBalance, variants: { coverage: 1 } }",
      "an experiment compares at least two variants",
    ],
    [
      "{ flag: searchBalance, variants: { coverage: 1, mutants: 0 } }",
      "experiments.x.variants.mutants",
    ],
    [
      "{ flag: balance, variants: { coverage: 1, mutants: 1 } }",
      "has to be searchBalance, fewestTests",
    ],
    [
      "{ flag: fewestTests, variants: { true: 1, false: 1 }, units: run }",
      'unknown key "units"; did you mean "unit"?',
    ],
  ])("that are wrong are refused: %s", async (text, problem) => {
    await using home = await aConfigHome();
    await home.project(`experiments:\n  x: ${text}\n`);
    expect((await failureOf(home.load())).message).toContain(problem);
  });

  test("on one flag are refused in one file, and of two sources the later one decides", async () => {
    await using home = await aConfigHome();
    await home.project(`experiments:\n${EXPERIMENT}${EXPERIMENT.replace("balance", "other")}`);
    expect((await failureOf(home.load())).message).toContain(
      "searchBalance is decided by the experiment balance already",
    );
    await home.user(`experiments:\n${EXPERIMENT}`);
    await home.project(`experiments:\n${EXPERIMENT.replace("balance", "another")}`);
    const { deciding, notes } = chooseExperiments(await home.load());
    expect(deciding.get("searchBalance")?.name).toBe("another");
    expect(notes).toEqual([expect.stringContaining("experiments.balance decides nothing here")]);
  });

  test("decide no flag that is set", async () => {
    await using home = await aConfigHome();
    await home.project(`flags: { searchBalance: coverage }\nexperiments:\n${EXPERIMENT}`);
    const { deciding, notes } = chooseExperiments(await home.load());
    expect([deciding.size, notes]).toEqual([
      0,
      ["experiments.balance decides nothing here: flags.searchBalance is set"],
    ]);
  });
});

describe("settings of the server", () => {
  test("come from your file, variables and flags, in that order", async () => {
    await using home = await aConfigHome();
    await home.user("server: { port: 8080, queue: 7, log: debug }\n");
    const { server } = await home.load(
      {},
      { REGOOSE_SERVER_QUEUE: "9", REGOOSE_SERVER_STATE: "/s" },
    );
    expect(server).toEqual({
      ...{ host: "127.0.0.1", port: 8080, concurrency: null, queue: 9, log: "debug", state: "/s" },
      ...{ runLog: null, online: false, triggers: {} },
    });
  });

  test("are not a project's to set, not through a profile either, unless you trust it", async () => {
    await using home = await aConfigHome();
    const project =
      "server: { queue: 9000, host: 0.0.0.0 }\nprofile: p\nprofiles: { p: { server: { concurrency: 1000 } } }\n";
    await home.project(project);
    const { server, notes } = await home.load();
    expect(server).toMatchObject({ host: "127.0.0.1", queue: 100, concurrency: null });
    expect(notes.map((note) => note.split(" counts only")[0])).toEqual([
      "regoose.config.yaml:1:24: server.host",
      "regoose.config.yaml:1:11: server.queue",
      "profiles.p in regoose.config.yaml:3:28: server.concurrency",
    ]);
    await home.user(`trustedProjects: ["${home.root}"]\n`);
    expect((await home.load()).server).toMatchObject({ queue: 9000, concurrency: 1000 });
  });
});
