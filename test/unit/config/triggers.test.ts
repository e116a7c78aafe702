import { describe, expect, test } from "vitest";
import { toTriggerRules, TRIGGER_METRICS } from "../../../src/config/server/trigger-rules.ts";
import { parseYamlConfig, type YamlOutcome } from "../../../src/config/sources/yaml-source.ts";
import { aConfigHome } from "./support/home.ts";
import { BUILT_IN_TRIGGERS, type TriggerRule } from "../../../src/contract/triggers.ts";

/** Parses rules that stand under `server.triggers`. */
function parse(...lines: readonly string[]): YamlOutcome {
  const text = ["server:", "  triggers:", ...lines.map((line) => `    ${line}`)].join("\n");
  return parseYamlConfig(text, "config.yaml");
}

function toRules(...lines: readonly string[]): readonly TriggerRule[] {
  const outcome = parse(...lines);
  if (outcome.kind !== "parsed") throw new Error(JSON.stringify(outcome.problems));
  return toTriggerRules(outcome.config.server?.triggers ?? {});
}

/** `line:column message` of each problem. */
function toProblems(...lines: readonly string[]): readonly string[] {
  const outcome = parse(...lines);
  return outcome.kind === "parsed"
    ? []
    : outcome.problems.map(
        ({ line, column, message }) => `${String(line)}:${String(column)} ${message}`,
      );
}

describe("the rules of a server", () => {
  test("are the built-in ones where nothing is set", () => {
    expect(toTriggerRules({})).toEqual(BUILT_IN_TRIGGERS);
  });

  test("keep of a built-in rule what is not set, and leave out what is turned off", () => {
    const rules = toRules(
      "disk-short: { enabled: false }",
      "run-silent: { above: 5, for: 1s, cooldown: 2s }",
    );
    expect(rules.map(({ name }) => name)).not.toContain("disk-short");
    const builtIn = BUILT_IN_TRIGGERS.find(({ name }) => name === "run-silent");
    expect(rules.find(({ name }) => name === "run-silent")).toEqual({
      ...builtIn,
      threshold: 5,
      forMs: 1_000,
      cooldownMs: 2_000,
    });
  });

  test("may be the user's own", () => {
    const rules = toRules(
      "queue-old:",
      "  metric: regoose_queue_age_seconds",
      "  above: 600",
      "  action: report",
      "swap-short:",
      "  metric: regoose_disk_free_bytes",
      "  labels: { folder: temporary }",
      "  below: 1e9",
      "  for: 5m",
      "  action: sweep-orphans",
      "  mostPerHour: 2",
    );
    expect(rules.slice(BUILT_IN_TRIGGERS.length)).toEqual([
      {
        name: "queue-old",
        metric: "regoose_queue_age_seconds",
        labels: {},
        condition: "above",
        threshold: 600,
        forMs: 30_000,
        action: "report",
        cooldownMs: 60_000,
        mostPerHour: 10,
      },
      expect.objectContaining({ condition: "below", forMs: 300_000, mostPerHour: 2 }),
    ]);
  });

  test("are refused with the place of each mistake", () => {
    expect(
      toProblems(
        "lonely: { above: 1 }",
        "both: { metric: regoose_queue_runs, action: report, above: 1, below: 2 }",
        "wrong-series:",
        "  metric: regoose_disk_free_bytes",
        "  labels: { folder: home, host: me }",
        "  below: 1",
        "  action: report",
        "no-series: { metric: regoose_disk_free_bytes, below: 1, action: report }",
        "misled: { metric: regoose_queue_runs, above: 1, action: restart-run }",
      ),
    ).toEqual([
      "3:13 server.triggers.lonely: a rule of your own names its metric",
      "3:13 server.triggers.lonely: a rule of your own names its action",
      expect.stringMatching(/^4:\d+ .*not both$/u),
      expect.stringMatching(/^7:\d+ .*folder of regoose_disk_free_bytes is state, temporary$/u),
      expect.stringMatching(/^7:\d+ .*has no label host$/u),
      expect.stringMatching(/^10:\d+ .*name one by labels.folder, which is state, temporary$/u),
      expect.stringMatching(/^11:\d+ .*restart-run goes with regoose_run_silence_seconds only$/u),
    ]);
  });

  test("name keys, metrics and actions that there are", () => {
    const problems = toProblems(
      "one: { metric: regoose_queue_rans, above: 1, action: reboot }",
      "two: { metric: regoose_runs_total, abov: 1, for: soon }",
      "Three: { enabled: false }",
    );
    const all = problems.join("\n");
    expect(all).toContain('metric is "regoose_queue_rans"; it has to be');
    expect(all).toContain('action is "reboot"; it has to be hold-work, restart-run');
    expect(all).toContain('unknown key "abov"; did you mean "above"?');
    expect(all).toContain("Three");
    expect(TRIGGER_METRICS).toContain("regoose_memory_available_bytes");
    // A counter only grows, and a run's own gauges are no server's.
    expect(TRIGGER_METRICS).not.toContain("regoose_runs_total");
    expect(TRIGGER_METRICS).not.toContain("regoose_sandboxes_active");
  });

  test("come from the user, never from a project that nobody trusts", async () => {
    await using home = await aConfigHome();
    await home.user("server:\n  triggers:\n    run-silent: { above: 60 }\n");
    await home.project("server:\n  triggers:\n    run-silent: { enabled: false }\n");
    const { server, notes } = await home.load();
    expect(server.triggers).toEqual({ "run-silent": { above: 60 } });
    expect(notes.join()).toContain("server.triggers counts only from your own file");
  });
});
