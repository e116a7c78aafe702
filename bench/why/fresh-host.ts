import { chmod, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Injected } from "./fault.ts";
import { findBelow, small, toFelt, toSmall } from "./fresh-support.ts";
import type { RunOptions, Stage } from "./stage.ts";

/** Enough work that something can be done to the machine meanwhile. */
const LONG = { "--max-time": "60s" };

/** What the machine does to a run. */
export const FRESH_HOST: readonly Fault[] = [
  {
    name: "no inodes in the temporary folder",
    cause: "the file system of TMPDIR has no inode left",
    evidence: [/ENOSPC|no space|inode|disk|full/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      const temp = join(stage.side, "temp");
      await mkdir(temp);
      const script = `mount -t tmpfs -o nr_inodes=40 tmpfs ${temp} && exec "$@"`;
      const by = ["unshare", "-m", "sh", "-c", script, "sh"];
      return small(stage, {}, { by, env: { TMPDIR: temp } });
    },
  },
  {
    name: "few processes",
    cause: "the limit on processes (ulimit -u) leaves none to be started",
    evidence: [/process|EAGAIN|ulimit|thread|RGS-7504|resource/iu],
    not: [/kill -9|died without/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      return small(stage, {}, { by: ["prlimit", "--nproc=3:3"] });
    },
  },
  {
    name: "temporary folder cleaned",
    cause: "something removed the run's folders in TMPDIR while it worked",
    evidence: [/ENOENT|temporary|TMPDIR|gone|removed|missing|deleted|no such|disappear/iu],
    not: [/kill -9|died without/iu],
    inject: (stage) =>
      meanwhile(stage, async (temp) => {
        for (const name of await readdir(temp))
          await rm(join(temp, name), { recursive: true, force: true });
      }),
  },
  {
    name: "bubblewrap not permitted",
    cause: "bwrap may not set up a user namespace here, and --sandbox namespace was asked for",
    evidence: [/bwrap|bubblewrap|uid map|namespace/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      const bin = join(stage.side, "bin");
      await mkdir(bin);
      const text = "#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n";
      await writeFile(join(bin, "bwrap"), text, { mode: 0o755 });
      return small(stage, { "--sandbox": "namespace" }, { env: { PATH: bin } });
    },
  },
  {
    name: "bubblewrap removed meanwhile",
    cause: "bwrap was uninstalled while the run worked",
    evidence: [/bwrap|bubblewrap|sandbox/iu],
    async inject(stage) {
      const bin = join(stage.side, "bin");
      await mkdir(bin);
      await symlink("/usr/bin/bwrap", join(bin, "bwrap"));
      return meanwhile(stage, () => rm(join(bin, "bwrap")), { PATH: bin });
    },
  },
  {
    name: "unreadable source",
    cause: "lib/layout.js cannot be read (permissions)",
    evidence: [/layout\.js/u, /EACCES|permission|read/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      await chmod(join(stage.root, "lib/layout.js"), 0o000);
      return small(stage);
    },
  },
  {
    name: "dependencies removed meanwhile",
    cause: "npm ci in another terminal removed node_modules while the run worked",
    evidence: [/tiny-lock|node_modules|depend/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.files(
        {
          "node_modules/tiny-lock/package.json": `{"name":"tiny-lock","version":"3.0.0"}`,
          "node_modules/tiny-lock/index.js": "exports.lock = (work) => work();",
        },
        null,
      );
      await stage.append("lib/index.js", `\nrequire("tiny-lock").lock(() => 1);\n`);
      const started = stage.start(toSmall());
      await stage.reach("start", "propose", started);
      await rm(join(stage.root, "node_modules"), { recursive: true });
      return toFelt(await started.ended);
    },
  },
  {
    name: "search processes killed",
    cause: "the search's processes are killed again and again from outside, as by the kernel",
    evidence: [/process|worker/iu, /kill|SIGKILL|died|ended|gone|memory|given up|restart|again/iu],
    not: [/time ended|time was over/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      const started = stage.start(toSmall(LONG));
      await stage.reach("start", "propose", started);
      const { child } = started;
      while (child.exitCode === null && child.signalCode === null) {
        const below = await findBelow(child.pid ?? 0);
        for (const { pid, line } of below)
          if (/^\S*node /u.test(line) && line.includes("search/worker/entry")) kill(pid);
        await sleep(100);
      }
      return toFelt(await started.ended);
    },
  },
  {
    name: "clock set back",
    cause: "the clock of the machine was set back two hours while the run worked",
    evidence: [/clock/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      const path = join(stage.side, "back.mjs");
      await writeFile(
        path,
        "const now = Date.now; const start = now();\n" +
          "Date.now = () => (now() - start > 4000 ? now() - 7200000 : now());\n",
      );
      return small(stage, { "--max-time": "30s" }, { env: { NODE_OPTIONS: `--import ${path}` } });
    },
  },
];

/** Does something to the run's surroundings as soon as the search has begun; TMPDIR is its own. */
async function meanwhile(
  stage: Stage,
  act: (temp: string) => Promise<void>,
  more: NonNullable<RunOptions["env"]> = {},
): Promise<Injected> {
  await stage.example("text-toolkit");
  const temp = join(stage.side, "temp");
  await mkdir(temp);
  const started = stage.start(toSmall(), { env: { TMPDIR: temp, ...more } });
  await stage.reach("start", "propose", started);
  await act(temp);
  return toFelt(await started.ended);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
