import type { GenerateProgress } from "../app/generate-types.ts";
import type { Clock } from "../kernel/clock.ts";
import type { OutputStyle, Streams } from "./output.ts";

const TERMINAL_INTERVAL_MS = 250;
const PLAIN_INTERVAL_MS = 10_000;

/** Shows how far a run is: one live line in a terminal, one line every 10 s elsewhere, nothing when quiet. */
export interface ProgressPrinter {
  update(progress: GenerateProgress): void;
  /** Clears the live line. */
  end(): void;
}

export function createProgressPrinter(
  deps: { readonly clock: Clock; readonly streams: Streams },
  style: OutputStyle,
): ProgressPrinter {
  if (style.quiet || style.json) return { update: () => undefined, end: () => undefined };
  const intervalMs = style.isTerminal ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS;
  let lastMs = deps.clock.monotonic() - (style.isTerminal ? intervalMs : 0);
  let lastPhase = "";
  let isLive = false;
  return {
    update(progress) {
      const nowMs = deps.clock.monotonic();
      const isNewPhase = style.isTerminal && progress.phase !== lastPhase;
      if (!isNewPhase && nowMs - lastMs < intervalMs) return;
      lastMs = nowMs;
      lastPhase = progress.phase;
      const line = toLine(progress);
      if (style.isTerminal) {
        deps.streams.stderr.write(`\r\u001b[2K${line.slice(0, Math.max(20, style.columns - 1))}`);
        isLive = true;
      } else {
        deps.streams.stderr.write(`${line}\n`);
      }
    },
    end() {
      if (isLive) deps.streams.stderr.write("\r\u001b[2K");
      isLive = false;
    },
  };
}

function toLine(progress: GenerateProgress): string {
  const parts = [progress.phase];
  if (progress.statements !== null) parts.push(`statements ${toPercent(progress.statements)}`);
  if (progress.branches !== null) parts.push(`branches ${toPercent(progress.branches)}`);
  if (progress.mutants !== null)
    parts.push(`mutants killed ${progress.mutants.killed}/${progress.mutants.total}`);
  if (progress.testsKept !== null) parts.push(`tests kept ${progress.testsKept}`);
  if (Number.isFinite(progress.timeLeftMs))
    parts.push(`${Math.ceil(progress.timeLeftMs / 1000)} s left`);
  return parts.join(" · ");
}

function toPercent(count: { readonly covered: number; readonly total: number }): string {
  return count.total === 0 ? "–" : `${((100 * count.covered) / count.total).toFixed(1)} %`;
}
