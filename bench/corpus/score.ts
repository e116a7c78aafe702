/**
 * `npm run bench:corpus [-- --modules a,b --judge liar --reruns 5]`: recorded model answers with known truth through
 * the real gate, agents and sandbox. Goals: every tautological, flaky and over-mocked test refused for the right
 * reason, 95 % of the good ones admitted, alone at least where others were before them, nothing false in a suite, nothing
 * rewritten to pass, 80 % of the planted bugs named and 5 % of the wrong expectations taken for one at most. Ends with 3
 * where one is missed.
 */
import { parseArgs } from "node:util";
import { CANDIDATE_LABELS, loadCorpus } from "../../test/corpus/schema.ts";
import { type Fate, type Judge, playModule } from "./play-module.ts";
import { isRight, rate, toPercent } from "./rate.ts";

const { values } = parseArgs({
  options: {
    modules: { type: "string" },
    judge: { type: "string", default: "recorded" },
    reruns: { type: "string", default: "5" },
    verbose: { type: "boolean", default: false },
  },
});
const judge = values.judge as Judge;
const wanted = values.modules?.split(",");
const fates: Fate[] = [];
for (const module of loadCorpus()) {
  if (wanted !== undefined && !wanted.includes(module.name)) continue;
  const startedMs = performance.now();
  fates.push(...(await playModule(module, judge, Number(values.reruns))));
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  process.stderr.write(`${module.name}: ${seconds} s\n`);
}

process.stdout.write(
  "| label | candidates | as it should be | fates | alone | verdicts |\n|---|---|---|---|---|---|\n",
);
for (const label of CANDIDATE_LABELS) {
  const part = fates.filter((one) => one.label === label);
  const rights = part.filter((one) => isRight(one, judge)).length;
  const share = part.length === 0 ? "none" : toPercent(rights / part.length);
  const columns = [
    toCounts(part.map(({ fate }) => fate)),
    toCounts(part.flatMap(({ alone }) => (alone === null ? [] : [alone]))),
    toCounts(part.map(({ verdict }) => verdict)),
  ];
  process.stdout.write(
    `| ${label} | ${String(part.length)} | ${share} | ${columns.join(" | ")} |\n`,
  );
}
const goals = rate(fates, judge);
process.stdout.write("\n");
for (const { what, isMet, figure } of goals)
  process.stdout.write(`${isMet ? "met   " : "MISSED"} ${what}: ${figure}\n`);
for (const one of fates) {
  const isAsItShould = isRight(one, judge);
  if (!values.verbose && isAsItShould) continue;
  process.stdout.write(
    `${isAsItShould ? "" : "! "}${one.module} [${one.label}] ${one.title}: ${one.fate} ${one.verdict ?? ""} ${one.detail.split("\n", 1)[0]?.slice(0, 120) ?? ""}\n`,
  );
}
if (fates.length === 0 || goals.some(({ isMet }) => !isMet)) process.exitCode = 3;

function toCounts(all: readonly (string | null)[]): string {
  return [...Map.groupBy(all, (value) => value ?? "none")]
    .map(([name, list]) => `${name} ${String(list.length)}`)
    .join(", ");
}
