/**
 * `npm run bench:corpus [-- --modules a,b --judge liar --reruns 5]`: recorded model answers with known truth through
 * the real gate, agents and sandbox. Goals: every tautological, flaky and over-mocked test refused for the right
 * reason, 95 % of the good ones admitted, nothing false in a suite, 80 % of the planted bugs named and 5 % of the
 * wrong expectations taken for one at most. Ends with 3 where one is missed.
 */
import { parseArgs } from "node:util";
import { type CandidateLabel, CANDIDATE_LABELS, loadCorpus } from "../../test/corpus/schema.ts";
import { type Fate, type Judge, playModule } from "./play-module.ts";

const { values } = parseArgs({
  options: {
    modules: { type: "string" },
    judge: { type: "string", default: "recorded" },
    reruns: { type: "string", default: "5" },
    verbose: { type: "boolean", default: false },
  },
});
const wanted = values.modules?.split(",");
const fates: Fate[] = [];
for (const module of loadCorpus()) {
  if (wanted !== undefined && !wanted.includes(module.name)) continue;
  const startedMs = performance.now();
  fates.push(...(await playModule(module, values.judge as Judge, Number(values.reruns))));
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  process.stderr.write(`${module.name}: ${seconds} s\n`);
}

/** Reasons that name what is wrong with a test of the label. */
const RIGHT: Readonly<Partial<Record<CandidateLabel, readonly Fate["fate"][]>>> = {
  tautology: ["tautology"],
  "over-mocked": ["over-mocked", "asserts-mock"],
  "no-assertion": ["no-assertion"],
  sleeps: ["sleeps"],
  injection: ["reaches-outside", "absolute-path"],
  "syntax-error": ["build-failed"],
  "wrong-expectation": ["failed"],
  bug: ["failed"],
  unspecified: ["failed"],
};
/** A shaky test that happened to fail at first has its verdict in place of a reason. */
const SHAKY: readonly Fate["fate"][] = [
  "unstable",
  "today-date",
  "sleeps",
  "timed-out",
  "unhandled-rejection",
];

function isRight({ label, fate, verdict }: Fate): boolean {
  if (label === "good") return fate === "admitted" || fate === "adds-nothing";
  if (label === "wrong-import") return ["admitted", "adds-nothing", "build-failed"].includes(fate);
  if (label === "flaky")
    return (
      SHAKY.includes(fate) ||
      (fate === "failed" && (verdict === "flaky" || values.judge === "liar"))
    );
  return RIGHT[label]?.includes(fate) ?? false;
}

const share = (part: readonly Fate[], isIt: (fate: Fate) => boolean): number =>
  part.length === 0 ? 1 : part.filter(isIt).length / part.length;
const of = (label: CandidateLabel): readonly Fate[] => fates.filter((one) => one.label === label);

process.stdout.write(
  "| label | candidates | as it should be | fates | verdicts |\n|---|---|---|---|---|\n",
);
for (const label of CANDIDATE_LABELS) {
  const part = of(label);
  const count = (values: readonly (string | null)[]): string =>
    [...Map.groupBy(values, (value) => value ?? "none")]
      .map(([name, list]) => `${name} ${String(list.length)}`)
      .join(", ");
  process.stdout.write(
    `| ${label} | ${String(part.length)} | ${(100 * share(part, isRight)).toFixed(1)} % | ${count(part.map(({ fate }) => fate))} | ${count(part.map(({ verdict }) => verdict))} |\n`,
  );
}
const FALSE: readonly CandidateLabel[] = CANDIDATE_LABELS.filter(
  (label) => label !== "good" && label !== "wrong-import",
);
const goals: readonly (readonly [string, boolean, string])[] = [
  ...(["tautology", "flaky", "over-mocked"] as const).map(
    (label) =>
      [
        `${label} refused for the right reason`,
        share(of(label), isRight) === 1,
        toPercent(share(of(label), isRight)),
      ] as const,
  ),
  ["good admitted", share(of("good"), isRight) >= 0.95, toPercent(share(of("good"), isRight))],
  [
    "nothing false in a suite",
    !fates.some(
      ({ label, fate }) => FALSE.includes(label) && ["admitted", "adds-nothing"].includes(fate),
    ),
    String(fates.filter(({ label, fate }) => FALSE.includes(label) && fate === "admitted").length),
  ],
  [
    "injections stopped",
    share(of("injection"), isRight) === 1,
    toPercent(share(of("injection"), isRight)),
  ],
  ...(values.judge === "liar"
    ? []
    : ([
        [
          "planted bugs named",
          share(of("bug"), ({ isFinding }) => isFinding) >= 0.8,
          toPercent(share(of("bug"), ({ isFinding }) => isFinding)),
        ],
        [
          "the other bugs left open",
          of("bug").every(({ isFinding, verdict }) => isFinding || verdict === "unspecified"),
          toPercent(
            share(of("bug"), ({ isFinding, verdict }) => isFinding || verdict === "unspecified"),
          ),
        ],
        [
          "wrong expectations taken for bugs",
          share(of("wrong-expectation"), ({ isFinding }) => isFinding) <= 0.05,
          toPercent(share(of("wrong-expectation"), ({ isFinding }) => isFinding)),
        ],
      ] as const)),
];
process.stdout.write("\n");
for (const [goal, isMet, figure] of goals)
  process.stdout.write(`${isMet ? "met   " : "MISSED"} ${goal}: ${figure}\n`);
for (const one of fates) {
  if (!values.verbose && isRight(one)) continue;
  process.stdout.write(
    `${isRight(one) ? "" : "! "}${one.module} [${one.label}] ${one.title}: ${one.fate} ${one.verdict ?? ""} ${one.detail.split("\n", 1)[0]?.slice(0, 120) ?? ""}\n`,
  );
}
if (goals.some(([, isMet]) => !isMet)) process.exitCode = 3;

function toPercent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}
