import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { writeSetup } from "../../../../src/app/setup/compose-setup.ts";
import type { ScriptInput } from "../../../../src/adapters/mock-llm/script.ts";
import { aProject } from "../../../unit/analysis/project-builder.ts";
import { aMock } from "../../models/wire-bench.ts";
import { FILES, generateWith } from "./environment.ts";
import { command, thrown, type Provoke, type Provoked } from "./provoked.ts";

const SOURCE = "exports.double = (n) => n * 2;\n";
const PACKAGE = { "package.json": {}, "index.js": SOURCE };
const EDIT =
  "index.js\n<<<<<<< SEARCH\nexports.double = (n) => n * 2;\n=======\nexports.double = (n) => 2 * n;\n>>>>>>> REPLACE\nDONE\n";

/** An improvement of a small package; no answer of another run counts. */
async function improve(script: ScriptInput): Promise<Provoked> {
  const mock = await aMock(script);
  const root = await aProject(PACKAGE);
  vi.stubEnv("XDG_STATE_HOME", join(root, ".state"));
  onTestFinished(() => void vi.unstubAllEnvs());
  const asked = ["--base-url", `${mock.url}/v1`, "--model", "mock-model"];
  const quick = ["--max-executions", "30", "--reruns", "1", "--sandbox", "guarded"];
  return command(["improve", "--goal", "tidy", ...asked, ...quick], root);
}

const plan = (...files: readonly string[]): object => ({
  summary: "",
  files: files.map((path) => ({ path, change: "" })),
});

/** RGS-31xx: code improvement. */
export const IMPROVE = {
  "RGS-3101": async () => command(["improve", "--goal", "tidy"], await aProject(PACKAGE)),
  "RGS-3102": () =>
    improve({
      answers: [
        { when: { includes: "You plan a change" }, json: plan("index.js") },
        { when: { includes: "You edit a code base" }, text: EDIT },
      ],
    }),
  "RGS-3103": () => improve({ answers: [{ json: plan() }] }),
  "RGS-3104": async () => {
    const root = await aProject({ "regoose.config.yaml": "seed: 2\n" });
    const path = join(root, "regoose.config.yaml");
    const file = { path, shownAs: path, text: "seed: 1\n", mode: 0o644 };
    return thrown(() => writeSetup([{ file, text: "seed: 3\n" }]));
  },
  "RGS-3105": async () => {
    const root = await aProject(FILES);
    await generateWith(root, () => {
      throw new TypeError("a listener that throws");
    });
    return command(["improve", "--undo", "latest"], root);
  },
} as const satisfies Readonly<Record<string, Provoke>>;
