import { chmod, cp, mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Fault, Injected } from "./fault.ts";
import { generate, toGenerate, toInjected, type Stage } from "./stage.ts";

const NO_SPACE = /ENOSPC|no space|space left|disk (?:is )?full|full disk|out of (?:disk )?space/iu;

/** What the machine does not have or does not let. */
export const HOST_FAULTS: readonly Fault[] = [
  {
    name: "no bubblewrap",
    cause: "the sandbox of level namespace needs bubblewrap, which is not in PATH",
    evidence: [/bwrap|bubblewrap|namespace/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      const programs = join(stage.side, "bin");
      await mkdir(programs);
      for (const name of ["sh", "git", "ps"])
        await symlink(`/usr/bin/${name}`, join(programs, name));
      const PATH = `${dirname(process.execPath)}:${programs}`;
      return generate(stage, { "--sandbox": "namespace" }, { env: { PATH } });
    },
  },
  {
    name: "few file descriptors",
    cause: "the limit on open files is too low",
    evidence: [/file descriptor|EMFILE|ENFILE|ulimit|open files/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      // The lowest limit at which a run begins at all.
      for (const limit of [24, 28, 32, 36, 40, 48]) {
        const by = ["/bin/sh", "-c", `ulimit -n ${String(limit)} && exec "$0" "$@"`];
        const injected = await generate(stage, {}, { by });
        if ((await stage.runId()) !== null) return injected;
      }
      return { isFelt: false, ending: "no run began" };
    },
  },
  {
    name: "full temporary folder",
    cause: "no space is left in the folder of temporary files",
    evidence: [NO_SPACE],
    async inject(stage) {
      await stage.example("text-toolkit");
      const temp = join(stage.side, "temp");
      await mkdir(temp);
      const by = toBox(stage, ["--size", "65536", "--tmpfs", temp]);
      return generate(stage, {}, { by, env: { TMPDIR: temp } });
    },
  },
  {
    name: "full tests folder",
    cause: "no space is left in test/, where the suite is to be written",
    evidence: [NO_SPACE],
    async inject(stage) {
      await stage.example("text-toolkit");
      const tests = join(stage.root, "test");
      await mkdir(tests);
      return generate(stage, {}, { by: toBox(stage, ["--size", "8192", "--tmpfs", tests]) });
    },
  },
  {
    name: "read-only tests folder",
    cause: "test/ is read-only, so that the suite cannot be written",
    evidence: [
      /read-?only|EROFS|EACCES|EPERM|permission|unwritable|(?:not|n't) (?:be )?writ/iu,
      /test/iu,
    ],
    async inject(stage) {
      await stage.example("text-toolkit");
      const tests = join(stage.root, "test");
      await mkdir(tests);
      return generate(stage, {}, { by: toBox(stage, ["--ro-bind", tests, tests]) });
    },
  },
  {
    name: "unreadable folder",
    cause: "the folder lib/private may not be read: permission denied",
    evidence: [/EACCES|permission|denied|unreadable|(?:not|n't) (?:be )?read/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      const folder = join(stage.root, "lib", "private");
      await stage.files({ "lib/private/words.js": 'module.exports = ["a", "the"];\n' }, null);
      await stage.edit(
        "lib/naming.js",
        '"use strict";',
        'const words = require("./private/words");',
      );
      await stage.append("lib/naming.js", "\nmodule.exports.words = words;\n");
      await chmod(folder, 0o000);
      stage.defer(() => chmod(folder, 0o700));
      return generate(stage, {}, { by: toPlainUser() });
    },
  },
  {
    name: "small heap",
    cause: "the command itself has too little memory (max-old-space-size)",
    evidence: [/memory|heap/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      // The smallest heap with which a run begins at all.
      for (const size of [32, 40, 48, 56, 64, 72, 80]) {
        const env = { NODE_OPTIONS: `--max-old-space-size=${String(size)}` };
        const injected = await generate(stage, {}, { env });
        if ((await stage.runId()) !== null) return injected;
      }
      return { isFelt: false, ending: "no run began" };
    },
  },
];

export const HOST_RESERVE: readonly Fault[] = [
  {
    name: "full log",
    cause: "no space is left for the log of the run",
    evidence: [NO_SPACE],
    inject: (stage) => withSmallLog(stage, 49_152),
  },
  {
    name: "link to itself",
    cause: "lib/index.js is a symbolic link to itself",
    evidence: [/ELOOP|symbolic link|symlink|lib\/index\.js/iu],
    async inject(stage) {
      await stage.files({}, { main: "lib/index.js" });
      await mkdir(join(stage.root, "lib"));
      await symlink("index.js", join(stage.root, "lib", "index.js"));
      return generate(stage);
    },
  },
  {
    name: "no temporary folder",
    cause: "TMPDIR names a folder that is not there",
    evidence: [/TMPDIR|temporary|\btemp\b|ENOENT|not-there/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      return generate(stage, {}, { env: { TMPDIR: join(stage.side, "not-there") } });
    },
  },
  {
    name: "clock jumps",
    cause: "the clock of the machine jumped an hour ahead",
    evidence: [/clock|jump/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      const text =
        "const now = Date.now; const start = now();\n" +
        "Date.now = () => (now() - start > 4000 ? now() + 3600000 : now());\n";
      await stage.files({ "../side/jump.mjs": text }, null);
      const env = { NODE_OPTIONS: `--import ${join(stage.side, "jump.mjs")}` };
      return generate(stage, { "--max-time": "30s" }, { env });
    },
  },
  {
    name: "model without a key",
    cause: "the engine model is asked for, and no provider has a key",
    evidence: [/model|provider|\bkey\b|engine/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      const text = "providers:\n  openai:\n    model: gpt-5.1\n    apiKey: env:REGOOSE_BENCH_KEY\n";
      await stage.files({ "../side/regoose/config.yaml": text }, null);
      return generate(stage, { "--engine": "model" }, { env: { XDG_CONFIG_HOME: stage.side } });
    },
  },
];

/** A view of the machine in which some folders are different. */
function toBox(stage: Stage, mounts: readonly string[]): readonly string[] {
  return ["bwrap", "--dev-bind", "/", "/", ...mounts, "--die-with-parent", "--chdir", stage.root];
}

/** Root may read everything; without these two capabilities it is held to permissions like anyone. */
function toPlainUser(): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  const caps = "-dac_override,-dac_read_search";
  return ["setpriv", `--bounding-set=${caps}`, `--inh-caps=${caps}`];
}

/** The folder of runs is a small disk of its own; what was on it is kept where it was. */
async function withSmallLog(stage: Stage, sizeBytes: number): Promise<Injected> {
  await stage.example("text-toolkit");
  const [runs, kept] = [join(stage.root, ".regoose"), join(stage.side, "kept")];
  await mkdir(runs);
  const box = toBox(stage, ["--size", String(sizeBytes), "--tmpfs", runs]);
  const script = `"$0" "$@"; code=$?; cp -a ${runs} ${kept}; exit $code`;
  const ended = await stage.regoose(toGenerate(), { by: [...box, "/bin/sh", "-c", script] });
  await cp(kept, runs, { recursive: true });
  return toInjected(ended);
}
