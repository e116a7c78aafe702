import type { CoverageCount } from "../../contract/coverage.ts";
import type { RunOutcome } from "../../contract/envelope.ts";
import {
  formatCount,
  formatNumber,
  formatPercent,
  plural,
  toDetected,
  toPercent,
} from "../facts.ts";
import type { ReportInput } from "../report-input.ts";
import { html, raw, type Markup } from "./markup.ts";

const OUTCOMES: Readonly<Record<RunOutcome, readonly [tone: string, text: string]>> = {
  succeeded: ["good", "Succeeded"],
  degraded: ["warn", "Degraded"],
  failed: ["bad", "Failed"],
  cancelled: ["warn", "Cancelled"],
};

/** Name, outcome, one sentence, and the four figures that matter. */
export function renderHero(input: ReportInput): Markup {
  const { data, project } = input.result;
  const [tone, outcome] = OUTCOMES[data.outcome];
  const version =
    project.version === null ? null : html`<span class="ver">${project.version}</span>`;
  return html`<h1>${project.name} ${version} <span class="pill ${tone}">${outcome}</span></h1>
    <p class="lede">${renderLede(input)}</p>
    <dl class="metrics">
      ${renderKept(input)}
      ${renderMetric("Statements", data.coverage.baseline?.statements ?? null, data.coverage.suite.statements)}
      ${renderMetric("Branches", data.coverage.baseline?.branches ?? null, data.coverage.suite.branches)}
      ${renderMetric(
        "Mutants detected",
        data.mutation.baseline === null ? null : toDetected(data.mutation.baseline),
        toDetected(data.mutation.suite),
      )}
    </dl>`;
}

function renderLede({ result, admission }: ReportInput): Markup {
  const { data } = result;
  if (data.suite.tests === 0)
    return html`<b>No test was kept.</b> The reasons stand under “Not kept”.`;
  const reruns = Math.min(...admission.proof.cards.map((card) => card.reruns));
  const stable =
    Number.isFinite(reruns) && reruns > 0 ? `passed ${plural(reruns, "fresh run")}, ` : "";
  return html`<b>${plural(data.suite.tests, "test")}</b> kept in
    <code>${data.suite.directory}</code>. Each one ${stable}was seen failing on a mutant of the
    code, and adds a branch or a kill that no other test has.`;
}

function renderKept({ result }: ReportInput): Markup {
  const { proposed } = result.data.candidates;
  const kept = result.data.suite.tests;
  return html`<div class="metric">
    <dt>Tests kept</dt>
    <dd>
      <div class="big">${formatNumber(kept)}</div>
      ${renderBar(proposed === 0 ? 0 : (100 * kept) / proposed, null, "f-accent")}
      <div class="sub">of ${plural(proposed, "candidate")} proposed</div>
    </dd>
  </div>`;
}

function renderMetric(name: string, before: CoverageCount | null, count: CoverageCount): Markup {
  const percent = toPercent(count);
  const [whole = "–", fraction = ""] = formatPercent(percent).replace(" %", "").split(".");
  const unit = percent === null ? "" : `${fraction === "" ? "" : `.${fraction}`} %`;
  const from = before === null ? "" : ` · ${formatCount(before)} before`;
  return html`<div class="metric">
    <dt>${name}</dt>
    <dd>
      <div class="big">${whole}<small>${unit}</small></div>
      ${renderBar(percent ?? 0, before === null ? null : toPercent(before), toTone(percent))}
      <div class="sub">${formatNumber(count.covered)} of ${formatNumber(count.total)}${from}</div>
    </dd>
  </div>`;
}

/** Fill class of a share: the usual marks of 80 and 50 percent. */
export function toTone(percent: number | null): string {
  if (percent === null) return "f-faint";
  return percent >= 80 ? "f-good" : percent >= 50 ? "f-warn" : "f-bad";
}

/** A bar as SVG, which needs no inline style; `mark` is a second, earlier share. */
export function renderBar(percent: number, mark: number | null, tone: string): Markup {
  const width = Math.max(0, Math.min(100, percent)).toFixed(2);
  const line =
    mark === null
      ? ""
      : `<rect class="f-base" x="${Math.min(99, mark).toFixed(2)}" width="1" height="5"/>`;
  return raw(
    `<svg viewBox="0 0 100 5" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="5"/><rect class="${tone}" width="${width}" height="5"/>${line}</svg>`,
  );
}
