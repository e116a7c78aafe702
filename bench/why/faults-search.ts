import type { Fault } from "./fault.ts";
import { generate } from "./stage.ts";

/** Bounded by time, since one execution may take as long as a watchdog lets it. */
const TIMED = { "--max-time": "20s" };

/** Code that loads, and of which no test can be kept. */
export const SEARCH_FAULTS: readonly Fault[] = [
  {
    name: "random results",
    cause: "each call gives another result, so that no test of it is stable",
    evidence: [
      /random|stable|flaky|differ|determin|each (?:run|time)|reproduc|same (?:result|value)/iu,
    ],
    async inject(stage) {
      await stage.files({
        "index.js":
          'const { randomBytes } = require("node:crypto");\nexports.createToken = () => randomBytes(16).toString("hex");\n',
      });
      return generate(stage);
    },
  },
  {
    name: "nothing to kill",
    cause: "the functions do nothing: there are no mutants that a test could be seen red on",
    evidence: [/mutants?\b|\bred\b|\bkill|assert|adds? (?:no|nothing)|observ/iu],
    async inject(stage) {
      await stage.files({ "index.js": "exports.before = () => {};\nexports.after = () => {};\n" });
      return generate(stage);
    },
  },
  {
    name: "kills its process",
    cause: "each call kills the search process, again and again",
    evidence: [/SIGKILL|kill|lost|crash|died|gone/iu, /process|worker|\bhalt\b/iu],
    async inject(stage) {
      await stage.files({
        "index.js": 'exports.halt = () => process.kill(process.pid, "SIGKILL");\n',
      });
      return generate(stage, TIMED);
    },
  },
  {
    name: "never returns",
    cause: "no call of spin comes back",
    evidence: [
      /hang|hung|tim(?:e|ed)[ -]?out|watchdog|too long|loop|never (?:end|return)|not (?:end|return|come)|cut|silent|\bspin\b/iu,
    ],
    async inject(stage) {
      await stage.files({
        "index.js":
          "exports.spin = (count) => {\n  let turns = count;\n  for (;;) turns += 1;\n};\n",
      });
      return generate(stage, TIMED);
    },
  },
  {
    name: "stray rejections",
    cause: "each call leaves a rejection that nobody handles",
    evidence: [/unhandled|stray|nobody waits|not handled|left behind/iu],
    async inject(stage) {
      await stage.files({
        "index.js":
          'exports.notify = (name) => {\n  Promise.reject(new Error("nobody waits for " + name));\n  return `told ${name}`;\n};\n',
      });
      return generate(stage);
    },
  },
  {
    name: "too little time",
    cause: "one second is not enough for the whole command",
    evidence: [
      /max-?time|time (?:limit|budget|bound|ran out|was|is|left|out)|budget|out of time|ran out|too short|deadline/iu,
    ],
    async inject(stage) {
      await stage.example("text-toolkit");
      return generate(stage, { "--max-time": "1s" });
    },
  },
];
