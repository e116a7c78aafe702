import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { existsSync } from "node:fs";
import { createRunFolderStore } from "../../../../src/adapters/store/run-folder.ts";
import { createSystemClock } from "../../../../src/kernel/clock.ts";
import { aProject } from "../../../unit/analysis/project-builder.ts";
import { command, ended, startCommand, type Provoke } from "./provoked.ts";

const SOURCE = "exports.double = (n) => n * 2;\n";
const clock = createSystemClock();

/** `regoose generate ARGS` in a new project of these files. */
const generate =
  (files: Readonly<Record<string, unknown>>, ...args: readonly string[]): Provoke =>
  async () =>
    command(["generate", ...args], await aProject({ "package.json": {}, ...files }));

/** RGS-1xxx: the target and stored runs. */
export const TARGET = {
  "RGS-1001": generate({ "index.js": SOURCE }, "nowhere.js"),
  "RGS-1002": generate({}),
  "RGS-1003": generate({ "index.js": "exports.a = (;\n" }),
  "RGS-1004": generate({ "package.json": { main: "build/addon.node" }, "build/addon.node": "ELF" }),
  "RGS-1005": generate({ "package.json": "{ broken", "index.js": SOURCE }),
  "RGS-1006": generate({ "index.js": SOURCE }, "index.js#dubble"),
  "RGS-1007": generate({ "index.js": SOURCE, "notes.md": "# notes" }, "notes.md"),
  "RGS-1008": generate({}, "--code", "let = ("),
  "RGS-1010": async () => command(["report"], await aProject({ "package.json": {} })),
  "RGS-1011": async () => {
    const root = await aProject({ "package.json": {} });
    const store = createRunFolderStore({ clock }, root);
    await store.writeFile(await store.create(), "report-input.json", "{");
    return command(["report"], root);
  },
  "RGS-1012": async () => {
    const root = await aProject({ "package.json": {}, "index.js": SOURCE, "data.bin": "" });
    // A hole: it has the size and takes no room.
    await truncate(join(root, "data.bin"), 513 * 1024 * 1024);
    return command(["generate", "--dry-run"], root);
  },
  "RGS-1013": async () => {
    const root = await aProject({ "package.json": {} });
    await createRunFolderStore({ clock }, root).create();
    return command(["report"], root);
  },
  "RGS-1300": async () => {
    const root = await aProject({ "package.json": {}, "index.js": SOURCE });
    const child = startCommand(["generate"], root);
    const ending = ended(child);
    while (!existsSync(join(root, ".regoose", "runs")) && child.exitCode === null) await sleep(20);
    child.kill("SIGINT");
    return ending;
  },
} as const satisfies Readonly<Record<string, Provoke>>;
