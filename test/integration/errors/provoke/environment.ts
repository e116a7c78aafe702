import { existsSync, readdirSync, symlinkSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { createBubblewrapBackend } from "../../../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import { createGuardedBackend } from "../../../../src/adapters/sandbox/guarded/guarded-backend.ts";
import { selectSandbox } from "../../../../src/adapters/sandbox/select-sandbox.ts";
import { stageProject } from "../../../../src/adapters/workspace/stage-project.ts";
import { generate } from "../../../../src/app/generate.ts";
import type { GenerateAnswer } from "../../../../src/app/generate-types.ts";
import { findPythons } from "../../../../src/app/languages/find-python.ts";
import { writeBugs } from "../../../../src/app/write-bugs.ts";
import { createSystemClock } from "../../../../src/kernel/clock.ts";
import { openSandboxBench, type SandboxBench } from "../../../../src/testing/sandbox-bench.ts";
import { aProject, installed, writeFiles } from "../../../unit/analysis/project-builder.ts";
import { aMock } from "../../models/wire-bench.ts";
import { command, thrown, type Provoke, type Provoked } from "./provoked.ts";

export const FILES = { "package.json": {}, "index.js": "exports.double = (n) => n * 2;\n" };
const clock = createSystemClock();

/** Works with the real backend that needs no privileges. */
const inSandbox =
  (work: (bench: SandboxBench) => Promise<unknown>): Provoke =>
  async () => {
    await using bench = openSandboxBench(createGuardedBackend({ clock }));
    return await thrown(() => work(bench));
  };

/** The main job, with something done to its run at the first progress that it reports. */
export async function generateWith(root: string, disturb: () => void): Promise<Provoked> {
  const request = {
    targets: ["."],
    code: null,
    cwd: root,
    flags: { sandbox: "guarded", baseline: "none", maxTimeMs: 30_000 },
  } as const;
  const { signal } = new AbortController();
  return thrown(() =>
    generate({ clock, version: "0.0.0" }, request, {
      signal,
      onProgress: disturb,
      onNotice: () => undefined,
    }),
  );
}

/** RGS-7xxx: sandbox and environment. */
export const ENVIRONMENT = {
  "RGS-7001": async () => {
    const none = await aProject({});
    const backends = [createBubblewrapBackend({ clock }, { toolFolders: [none] })];
    return thrown(() => selectSandbox({ clock, backends }, { requested: "auto" }));
  },
  "RGS-7002": inSandbox(async ({ create, node }) =>
    node(await create({ layers: ["/nonexistent/regoose"] }), "0"),
  ),
  "RGS-7003": inSandbox(async ({ create, start }) => {
    const process = await start(await create(), "0");
    await process.ended;
    await process.send("late");
  }),
  "RGS-7010": async () =>
    command(["generate"], await aProject({ ...FILES, ".regoose": "a file stands in the way" })),
  "RGS-7011": async () => thrown(async () => stageProject(join(await aProject({}), "nowhere"))),
  "RGS-7012": async () => {
    // Not even root can write a path of more than 4,095 bytes; `package.json` still is a shorter one.
    let root = await aProject({});
    while (Buffer.byteLength(root) < 3_900) root = join(root, "d".repeat(100));
    root = join(root, "d".repeat(4_095 - "/package.json".length - Buffer.byteLength(root) - 2));
    await mkdir(root, { recursive: true });
    await writeFiles(root, FILES);
    return command(["init"], root);
  },
  "RGS-7013": async () => {
    const root = await aProject(FILES);
    const runs = join(root, ".regoose", "runs");
    // The run's result is staged in a file that has no room.
    return generateWith(root, () => {
      const [run = ""] = readdirSync(runs);
      const staged = join(runs, run, `result.json.${process.pid}.staged`);
      if (!existsSync(staged)) symlinkSync("/dev/full", staged);
    });
  },
  // Nobody can write into a folder that is not there, not even root.
  "RGS-7015": async () => {
    const root = await aProject(FILES);
    await writeFile(join(root, "bugs"), "a file where a folder is to be");
    const finding = {
      kind: "hang",
      summary: "s",
      evidence: { test: "", observed: "", expected: "" },
    };
    const answer = {
      runFolder: join(root, ".regoose/runs/r"),
      data: { findings: [finding], suite: {} },
    };
    return thrown(() => writeBugs(answer as unknown as GenerateAnswer, join(root, "bugs")));
  },
  "RGS-7014": () => command(["doctor"], "/nonexistent/regoose"),
  "RGS-7102": async () => command(["generate", "--framework", "mocha"], await aProject(FILES)),
  "RGS-7103": async () => {
    const environment = {
      ".venv/pyvenv.cfg": "home = /nonexistent/regoose\n",
      ".venv/lib/python3.9/site-packages/one.py": "",
    };
    const root = await aProject(environment);
    return thrown(() => findPythons(root));
  },
  "RGS-7104": async () => {
    vi.stubEnv("REGOOSE_SANDBOX", "guarded");
    onTestFinished(() => void vi.unstubAllEnvs());
    const mock = await aMock({});
    const model = ["--engine", "model", "--base-url", `${mock.url}/v1`, "--model", "mock-model"];
    return command(["generate", ...model], await aProject(FILES));
  },
  "RGS-7101": async () => {
    const root = await aProject({ ...FILES, ...installed("vitest", "vitest.mjs") });
    return command(["generate", "--framework", "vitest", "--sandbox", "guarded"], root);
  },
} as const satisfies Readonly<Record<string, Provoke>>;

/** RGS-9xxx: defects. */
export const DEFECTS = {
  "RGS-9001": async () =>
    generateWith(await aProject(FILES), () => {
      throw new TypeError("a listener that throws");
    }),
} as const satisfies Readonly<Record<string, Provoke>>;
