import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Fault } from "./fault.ts";
import { withServer } from "./faults-stop.ts";
import { withSuite } from "./faults-suite.ts";
import { generate, toGenerate, toInjected } from "./stage.ts";

const TIMED = { "--max-time": "20s" };

/**
 * Of other kinds than the first forty, and measured only after what those brought to light was repaired: how well
 * the repair holds for what it was not made for. The first ten that count are measured.
 */
export const FURTHER_FAULTS: readonly Fault[] = [
  {
    name: "root of a monorepo",
    cause: "the folder is the root of workspaces and has no code of its own",
    evidence: [/workspace|entry|\bmain\b|export|source|nothing to test/iu],
    async inject(stage) {
      const manifest = { private: true, main: undefined, workspaces: ["packages/*"] };
      await stage.files(
        { "packages/one/package.json": '{"name":"one","version":"1.0.0"}' },
        manifest,
      );
      return generate(stage);
    },
  },
  {
    name: "broken prettier configuration",
    cause:
      "the project's .prettierrc cannot be read, so that the suite is not laid out by prettier",
    evidence: [/prettier/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      const nested = join(stage.root, "node_modules");
      await mkdir(nested);
      await symlink(join(stage.modules, "prettier"), join(nested, "prettier"));
      await stage.files({ ".prettierrc": "{ semi: [unclosed" }, null);
      return generate(stage);
    },
  },
  {
    name: "fills the disk",
    cause: "each call writes files until there is no space",
    evidence: [/ENOSPC|space|disk|quota|too (?:many|large|big)|\bfill\b/iu],
    async inject(stage) {
      const text =
        'exports.fill = () => {\n  for (let n = 0; ; n += 1) require("node:fs").writeFileSync(`fill-${n}`, Buffer.alloc(1 << 20, 1));\n};\n';
      await stage.files({ "index.js": text });
      return generate(stage, TIMED);
    },
  },
  {
    name: "fork bomb",
    cause: "each call starts processes without end",
    evidence: [
      /process(?:es)? (?:limit|without)|too many|EAGAIN|\bpids?\b|lost|watchdog|\bbreed\b/iu,
    ],
    async inject(stage) {
      const text =
        'exports.breed = () => {\n  for (;;) process.getBuiltinModule("child_process").spawn("sleep", ["60"], { stdio: "ignore" }).unref();\n};\n';
      await stage.files({ "index.js": text });
      return generate(stage, TIMED);
    },
  },
  {
    name: "a file where the suite belongs",
    cause: "test/regoose is a file, so that the suite cannot be written there",
    evidence: [/test\/regoose/u],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.files({ "test/regoose": "notes of ours\n" }, null);
      return generate(stage);
    },
  },
  {
    name: "circular import",
    cause: "src/parse.js and src/limits.js import each other, and one uses the other too early",
    evidence: [/before initialization|circular|cycl/iu],
    async inject(stage) {
      await stage.example("interval-set");
      const text = 'import { WIDTH } from "./parse.js";\nexport const LIMIT = WIDTH * 2;\n';
      await stage.files({ "src/limits.js": text }, null);
      await stage.append(
        "src/parse.js",
        'export { LIMIT } from "./limits.js";\nexport const WIDTH = 15;\n',
      );
      return generate(stage);
    },
  },
  {
    name: "old import assertion",
    cause: "src/limits.js imports JSON with `assert`, which this Node no longer knows",
    evidence: [/limits\.js|\bassert\b|import attribute/u],
    async inject(stage) {
      await stage.example("interval-set");
      const text =
        'import limits from "./limits.json" assert { type: "json" };\nexport { limits };\n';
      await stage.files({ "src/limits.json": '{"most":9}', "src/limits.js": text }, null);
      await stage.append("src/index.js", 'export { limits } from "./limits.js";\n');
      return generate(stage);
    },
  },
  {
    name: "dependency of another version",
    cause: "the installed crate-client has no createClient",
    evidence: [/createClient|crate-client/u],
    async inject(stage) {
      await stage.files(
        {
          "index.js":
            'const client = require("crate-client").createClient();\nexports.label = (n) => client.name + n;\n',
          "node_modules/crate-client/package.json":
            '{"name":"crate-client","version":"0.9.0","main":"index.js"}',
          "node_modules/crate-client/index.js": "exports.connect = () => ({});\n",
        },
        { dependencies: { "crate-client": "^2.0.0" } },
      );
      return generate(stage);
    },
  },
  {
    name: "limit on the size of files",
    cause: "the shell's limit on the size of files (ulimit -f) is too low",
    evidence: [/EFBIG|SIGXFSZ|file size|size of (?:a |the )?files?|too (?:large|big)|ulimit/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      // Blocks of 512 bytes.
      const by = ["/bin/sh", "-c", 'ulimit -f 40 && exec "$0" "$@"'];
      return generate(stage, {}, { by });
    },
  },
  {
    name: "limit on processor time",
    cause: "the system ended the command: its processor time was used up (ulimit -t)",
    evidence: [/SIGXCPU|processor|\bCPU\b|kill|died|without a word/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      const by = ["/bin/sh", "-c", 'ulimit -t 2 && exec "$0" "$@"'];
      return generate(stage, { "--max-time": "60s" }, { by });
    },
  },
  {
    name: "results of the clock",
    cause: "each result holds the time of the call, so that no test of it is stable",
    evidence: [/date|clock|time of day|stable|flaky|differ|determin|reproduc|each (?:run|time)/iu],
    async inject(stage) {
      await stage.files({
        "index.js": "exports.stamp = () => process.hrtime.bigint().toString();\n",
      });
      return generate(stage);
    },
  },
  {
    name: "runs removed while one goes on",
    cause: "the folder .regoose was removed while the run went on",
    evidence: [/ENOENT|no such file|removed|gone|deleted|missing/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      const started = stage.start(toGenerate(TIMED));
      await stage.reach("start", "propose", started);
      await rm(join(stage.root, ".regoose"), { recursive: true, force: true });
      return toInjected(await started.ended);
    },
  },
  {
    name: "server stopped",
    cause: "the server that did the run was told to stop (SIGTERM)",
    evidence: [/SIGTERM|terminat|stopp|server/iu],
    not: [/kill -9|died/iu],
    inject: (stage) =>
      withServer(stage, async (_server, _id, child) => {
        const gone = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await gone;
      }),
  },
  {
    name: "flaky existing suite",
    cause: "an existing test fails now and then, so that the baseline is not to be had",
    evidence: [/baseline|existing/iu, /\bred\b|fail|flaky|stable|differ/iu],
    async inject(stage) {
      await withSuite(
        stage,
        `test("often slugs", () => assert.equal(slugify("A b"), Math.random() < 0.1 ? "a-b" : "b-a"));`,
      );
      return generate(stage);
    },
  },
  {
    name: "slow calls",
    cause: "each call takes some seconds, so that hardly any fits into the time",
    evidence: [
      /slow|tim(?:e|ed)[ -]?(?:out|limit|ran|was)|ran out|watchdog|too long|hang|hung|max-?time/iu,
    ],
    async inject(stage) {
      const text =
        "exports.grind = (n) => {\n  const end = process.uptime() + 4;\n  while (process.uptime() < end);\n  return n > 3;\n};\n";
      await stage.files({ "index.js": text });
      return generate(stage, TIMED);
    },
  },
  {
    name: "broken data",
    cause: "data/units.json is no JSON",
    evidence: [/units\.json/u],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.files({ "data/units.json": '{ "day": 86400000,, }' }, null);
      await stage.append(
        "lib/duration.js",
        '\nmodule.exports.extra = require("../data/units.json");\n',
      );
      return generate(stage);
    },
  },
  {
    name: "tests folder leads outside",
    cause: "test is a link to a folder outside the project, where nothing is written",
    evidence: [/link|outside/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      await symlink(stage.side, join(stage.root, "test"));
      return generate(stage);
    },
  },
];
