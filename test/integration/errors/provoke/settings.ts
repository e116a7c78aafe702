import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDuration } from "../../../../src/config/duration.ts";
import { resolveSecret } from "../../../../src/config/secrets/resolve-secret.ts";
import { Secret } from "../../../../src/kernel/secret.ts";
import { aProject } from "../../../unit/analysis/project-builder.ts";
import { command, ended, startCommand, thrown, type Provoke } from "./provoked.ts";

const FILES = { "package.json": {}, "index.js": "exports.double = (n) => n * 2;\n" };

/** RGS-2xxx: usage and configuration. */
export const SETTINGS = {
  "RGS-2001": async () =>
    command(["generate"], await aProject({ ...FILES, "regoose.config.yaml": "sede: 3\n" })),
  "RGS-2002": async () => {
    const root = await aProject(FILES);
    await mkdir(join(root, "regoose.config.yaml"));
    return command(["generate"], root);
  },
  // Under a flag it becomes RGS-2010, in a file RGS-2001.
  "RGS-2003": () => thrown(() => parseDuration("soon")),
  "RGS-2004": async () => command(["config", "explain", "sede"], await aProject(FILES)),
  "RGS-2005": () =>
    thrown(() =>
      resolveSecret(
        {
          homeFolder: tmpdir(),
          readVariable: () => null,
          runCommand: () => Promise.reject(new Error("nothing is run")),
        },
        {
          key: "providers.x.apiKey",
          reference: { kind: "env", target: new Secret("REGOOSE_TEST_NOT_SET") },
        },
        { signal: new AbortController().signal },
      ),
    ),
  "RGS-2010": async () => ended(startCommand(["generate", "--sede", "3"], await aProject(FILES))),
  "RGS-2020": async () => command(["generate", "--engine", "model"], await aProject(FILES)),
  "RGS-2021": async () => {
    const [one, two] = [await aProject(FILES), await aProject(FILES)];
    return command(["generate", one, two], one);
  },
  "RGS-2022": async () => command(["generate", "--out", tmpdir()], await aProject(FILES)),
  "RGS-2023": async () => command(["generate", "-"], await aProject({}), "  \n"),
  "RGS-2024": async () => {
    const root = await aProject(FILES);
    return command(["init"], root).catch(() => command(["init"], root));
  },
  "RGS-2025": async () =>
    command(["generate", "--language", "cobol", "a.cob"], await aProject({ "a.cob": "" })),
  "RGS-2030": async () => command(["setup"], await aProject(FILES)),
} as const satisfies Readonly<Record<string, Provoke>>;
