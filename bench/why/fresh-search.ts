import type { Fault } from "./fault.ts";
import { small } from "./fresh-support.ts";
import type { Stage } from "./stage.ts";

/** The search and the gate have nothing they can use. */
export const FRESH_SEARCH: readonly Fault[] = [
  {
    name: "results of the time zone",
    cause: "what the only export returns depends on the time zone, so that no test is stable",
    evidence: [/zone|stable|flaky|differ|circumstance|varies|not the same|same result/iu],
    async inject(stage) {
      await only(stage, `exports.hourOf = (ms) => "h" + new Date(ms * 1).getHours();`);
      return small(stage, {}, {}, ONLY);
    },
  },
  {
    name: "results of earlier calls",
    cause: "the only export counts its calls, so that results depend on the calls before",
    evidence: [/state|order|earlier|before|stable|flaky|differ|leak|counter/iu],
    async inject(stage) {
      await only(stage, `let last = Date.now() % 1000; exports.nextId = () => (last += 1);`);
      return small(stage, {}, {}, ONLY);
    },
  },
  {
    name: "one execution",
    cause: "--max-executions 1 leaves the search no room",
    evidence: [/execution/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      return small(stage, { "--max-executions": "1" });
    },
  },
  {
    name: "memory in each call",
    cause: "the only export fills the memory with each call",
    evidence: [/memory|heap/iu],
    async inject(stage) {
      await only(
        stage,
        `exports.pad = (text) => { const all = []; for (;;) all.push(new Array(1e6).fill(text)); };`,
      );
      return small(stage, { "--max-time": "30s" }, {}, ONLY);
    },
  },
  {
    name: "open timer at load",
    cause: "the package starts a timer at load that is never cleared: no test process ends",
    evidence: [
      /open|alive|timer|interval|not (?:end|exit)|hang|tim(?:e|ed)[ -]?out|handle|never/iu,
    ],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.append("lib/index.js", "\nsetInterval(() => {}, 1000);\n");
      return small(stage, { "--max-time": "45s" });
    },
  },
  {
    name: "more re-runs than time",
    cause: "--max-time 15s was over before the gate had proven anything with --reruns 100",
    evidence: [/time|15 ?s/iu, /gate|re-?run|candidate|prov|admi|tried|kept|test/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      return small(stage, { "--max-time": "15s", "--reruns": "100" });
    },
  },
  {
    name: "calls need a network",
    cause: "the only export asks a server, which the sandbox does not let it reach",
    evidence: [/network|fetch|socket|connect|blocked|DNS|ENOTFOUND/iu],
    async inject(stage) {
      await only(
        stage,
        `exports.rate = async (code) => (await fetch("https://rates.example.com/" + code)).json();`,
      );
      return small(stage, {}, {}, ONLY);
    },
  },
];

const ONLY = ["lib/only.js"];

/** The example with one more module, which alone is asked for. */
async function only(stage: Stage, text: string): Promise<void> {
  await stage.example("text-toolkit");
  await stage.files({ "lib/only.js": `"use strict";\n${text}\n` }, null);
}
