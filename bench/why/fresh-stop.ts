import { rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "./fault.ts";
import { withServer } from "./faults-stop.ts";
import { findBelow, small, toFelt, toSmall } from "./fresh-support.ts";

const LONG = { "--max-time": "60s" };
const DIED = /SIGKILL|kill -9|killed|died|power cut|not alive|is gone/iu;

/** Signals, kills, damaged folders of runs, and two things at once. */
export const FRESH_STOP: readonly Fault[] = [
  {
    name: "Ctrl-C in the gate",
    cause: "the user pressed Ctrl-C while the candidates were proven",
    evidence: [/SIGINT|Ctrl-?C|interrupt/iu],
    not: [/kill -9|died/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      const started = stage.start(toSmall());
      await stage.reach("start", "admit", started);
      started.child.kill("SIGINT");
      return toFelt(await started.ended);
    },
  },
  {
    name: "Ctrl-backslash",
    cause: "the process was ended by SIGQUIT, without a word",
    evidence: [/SIGQUIT|kill|died|without a word|not alive/iu],
    async inject(stage) {
      await stage.example("interval-set");
      const started = stage.start(toSmall(LONG));
      await stage.reach("start", "propose", started);
      started.child.kill("SIGQUIT");
      return toFelt(await started.ended);
    },
  },
  {
    name: "suspended",
    cause: "the run's process is stopped (Ctrl-Z), and waits to be continued",
    evidence: [/stopp|suspend|SIGSTOP|SIGTSTP|Ctrl-?Z|paus|frozen/iu],
    not: [/kill -9|died/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      const started = stage.start(toSmall(LONG));
      await stage.reach("start", "propose", started);
      started.child.kill("SIGSTOP");
      stage.defer(async () => {
        started.child.kill("SIGCONT");
        started.child.kill("SIGTERM");
        await started.ended;
      });
      return { isFelt: true, ending: "stopped" };
    },
  },
  {
    name: "run of a server killed",
    cause: "the process of a run of serve was killed, and so was each one after it",
    evidence: [/kill|died|SIGKILL|memory|without|not alive|stopped/iu],
    inject: (stage) =>
      withServer(stage, async (server, id, child) => {
        for (let status = "running"; status === "running" || status === "queued";) {
          for (const { pid, parent } of await findBelow(child.pid ?? 0))
            if (parent === child.pid) process.kill(pid, "SIGKILL");
          await sleep(200);
          status = String((await server.ask(`/api/v1/runs/${id}`))["status"]);
        }
      }),
  },
  {
    name: "empty log",
    cause: "the log of the run is empty, as a power cut leaves it",
    evidence: [/log|events\.ndjson|record/iu, /empty|damag|no |nothing|lost|cut|before/iu],
    async inject(stage) {
      await stage.example("interval-set");
      const injected = await small(stage);
      await truncate(join(await stage.runFolder(), "events.ndjson"), 0);
      return { ...injected, isFelt: true };
    },
  },
  {
    name: "log removed",
    cause: "events.ndjson was removed from the folder of the run",
    evidence: [/log|events\.ndjson/iu, /missing|not there|no |gone|ENOENT|removed|lost|without/iu],
    async inject(stage) {
      await stage.example("interval-set");
      const injected = await small(stage);
      await rm(join(await stage.runFolder(), "events.ndjson"));
      return { ...injected, isFelt: true };
    },
  },
  {
    name: "sources changed since the kill",
    cause: "the run was killed, and resume refuses it since lib/naming.js changed meanwhile",
    evidence: [/changed|differ|edited|SIGKILL|kill -9|died/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      const started = stage.start(toSmall(LONG));
      await stage.reach("start", "propose", started);
      started.child.kill("SIGKILL");
      await started.ended;
      await stage.append("lib/naming.js", "\nmodule.exports.VERSION = 2;\n");
      return toFelt(await stage.regoose(["resume", "--json", "--quiet"]));
    },
  },
  {
    name: "Ctrl-C beside a red suite",
    cause: "the user pressed Ctrl-C; that an existing test is red had not ended the run",
    evidence: [/SIGINT|Ctrl-?C|interrupt/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.files(
        {
          "test/a.test.js": `require("../lib"); require("node:test").test("no", () => { throw new Error("red"); });\n`,
        },
        null,
      );
      const started = stage.start(toSmall(LONG));
      await stage.reach("start", "propose", started);
      started.child.kill("SIGINT");
      return toFelt(await started.ended);
    },
  },
  {
    name: "broken package beside a broken formatter",
    cause: "lib/duration.js throws at load; that .prettierrc is no JSON did not end the run",
    evidence: [/unit table|duration\.js/u],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.append("lib/duration.js", `\nthrow new Error("unit table is empty");\n`);
      await writeFile(join(stage.root, ".prettierrc"), "{ printWidth");
      return small(stage);
    },
  },
  {
    name: "killed again while resumed",
    cause: "the process was killed, resumed, and killed again",
    evidence: [DIED],
    async inject(stage) {
      await stage.example("file-ledger");
      const first = stage.start(toSmall(LONG));
      await stage.reach("start", "propose", first);
      first.child.kill("SIGKILL");
      await first.ended;
      const second = stage.start(["resume", "--json", "--quiet"]);
      await sleep(3_000);
      second.child.kill("SIGKILL");
      return toFelt(await second.ended);
    },
  },
];
