import type { DoctorCheck } from "../../app/check.ts";
import type { Streams } from "../output.ts";

const MARKS = { ok: "ok  ", warning: "warn", problem: "FAIL" } as const;

/** Prints checks for people, each with its fix. */
export function printChecks(
  streams: Pick<Streams, "stdout">,
  checks: readonly DoctorCheck[],
): void {
  for (const check of checks) {
    streams.stdout.write(`${MARKS[check.status]}  ${check.name}: ${check.detail}\n`);
    if (check.fix !== null) streams.stdout.write(`      fix: ${check.fix}\n`);
  }
}
