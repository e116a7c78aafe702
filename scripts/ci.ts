/**
 * Everything that must hold before a change lands: static checks, layers, build, all tests with
 * coverage, and the packed package. Ends with one plain line `N passed, N failed, N skipped`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const root = join(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "regoose-ci-"));
const reportPath = join(scratch, "tests.json");
const isCi = process.env["CI"] === "true";

const steps: readonly Step[] = [
  { name: "build", command: ["node", "scripts/build.ts"] },
  { name: "typecheck", command: ["tsc", "-p", "tsconfig.json"] },
  { name: "lint", command: ["eslint", "."] },
  { name: "format", command: ["prettier", "--check", "--log-level", "warn", "."] },
  { name: "layers", command: ["depcruise", "src", "--config", ".dependency-cruiser.cjs"] },
  { name: "unused", command: ["knip"] },
  { name: "pack", command: ["node", "scripts/pack-check.ts"] },
  {
    name: "tests",
    command: [
      "vitest",
      "run",
      "--coverage",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${reportPath}`,
    ],
  },
];

const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const step of steps) {
  const startedMs = performance.now();
  const result = spawnSync(step.command[0] ?? "", step.command.slice(1), {
    cwd: root,
    stdio: "inherit",
  });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const isGreen = result.status === 0;
  process.stdout.write(`-- ${step.name}: ${isGreen ? "ok" : "FAILED"} (${seconds} s)\n`);
  if (isGreen) counts.passed += 1;
  else counts.failed += 1;
}
addTestCounts();
rmSync(scratch, { recursive: true, force: true });
if (isCi && counts.skipped > 0) {
  process.stdout.write(`${counts.skipped} skipped tests count as failures in CI\n`);
  counts.failed += counts.skipped;
}
process.stdout.write(
  `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`,
);
process.exitCode = counts.failed === 0 ? 0 : 1;

function addTestCounts(): void {
  try {
    const report = JSON.parse(readFileSync(reportPath, "utf8")) as Record<string, number>;
    counts.passed += report["numPassedTests"] ?? 0;
    counts.failed += report["numFailedTests"] ?? 0;
    counts.skipped += (report["numPendingTests"] ?? 0) + (report["numTodoTests"] ?? 0);
  } catch {
    process.stdout.write("the test report is missing: the test step did not finish\n");
    counts.failed += 1;
  }
}
