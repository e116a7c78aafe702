import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { hasPromtool } from "../../e2e/support/metrics.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..", "deploy");
const PROMETHEUS = join(ROOT, "prometheus");
const CASES = join(PROMETHEUS, "tests");

function promtool(
  args: readonly string[],
  cwd = PROMETHEUS,
): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync("promtool", args, { cwd, encoding: "utf8" });
  return { code: status, said: stdout + stderr };
}

// Named, so that a list of skipped tests says what is missing; in CI hasPromtool is always true.
const why = hasPromtool() ? "" : " (promtool is missing: install Debian's package prometheus)";

describe.skipIf(!hasPromtool())(`promtool${why}`, () => {
  test("finds nothing wrong with rules and configuration", () => {
    const rules = ["recording.rules.yml", "alerts.rules.yml"];
    expect(promtool(["check", "rules", "--lint-fatal", ...rules])).toMatchObject({ code: 0 });
    const config = promtool(["check", "config", "--syntax-only", "prometheus.yml"]);
    expect(config).toMatchObject({ code: 0 });
  });

  test.each(readdirSync(CASES))(
    "sees every alert fire and not fire as %s says",
    (name) => {
      const { code, said } = promtool(["test", "rules", name], CASES);
      expect(said).toContain("SUCCESS");
      expect(code).toBe(0);
    },
    300_000,
  );

  test("fails where an alert does not fire as its case says", () => {
    const folder = mkdtempSync(join(tmpdir(), "regoose-promtool-"));
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const text = readFileSync(join(CASES, "machine.test.yml"), "utf8")
      .replaceAll("../", `${PROMETHEUS}/`)
      .replace("268435456x30", "8e9x30");
    writeFileSync(join(folder, "wrong.test.yml"), text);
    const { code, said } = promtool(["test", "rules", "wrong.test.yml"], folder);
    expect(code).not.toBe(0);
    expect(said).toContain("RegooseMemoryShort");
  }, 300_000);

  test("can read every query of the dashboards", () => {
    const folder = mkdtempSync(join(tmpdir(), "regoose-promtool-"));
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const boards = readdirSync(join(ROOT, "grafana")).map(
      (name) =>
        JSON.parse(readFileSync(join(ROOT, "grafana", name), "utf8")) as {
          panels: { targets?: { expr: string }[] }[];
        },
    );
    const queries = boards.flatMap(({ panels }) =>
      panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    );
    const rules = queries.map((expr, index) => ({
      record: `query:${index}`,
      expr: expr.replaceAll("$__rate_interval", "5m"),
    }));
    // JSON is YAML.
    const text = JSON.stringify({ groups: [{ name: "queries", rules }] });
    writeFileSync(join(folder, "queries.yml"), text);
    const checked = promtool(["check", "rules", "queries.yml"], folder);
    expect(checked, checked.said).toMatchObject({ code: 0 });
    expect(checked.said).toContain(`${rules.length} rules found`);
  });
});
