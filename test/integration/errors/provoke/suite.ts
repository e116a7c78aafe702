import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openSuiteFolder } from "../../../../src/adapters/workspace/suite-folder.ts";
import type { ProofFile } from "../../../../src/contract/proof-card.ts";
import { sha256 } from "../../../../src/kernel/hash.ts";
import { aProject } from "../../../unit/analysis/project-builder.ts";
import { command, type Provoke } from "./provoked.ts";

const FILES = { "package.json": {}, "index.js": "exports.double = (n) => n * 2;\n" };
const BROKEN = 'exports.one = () => 1;\nthrow new Error("not today");\n';
const SUITE = join("test", "regoose");
const QUICK = ["--max-time", "60s", "--seed", "1", "--baseline", "none", "--sandbox", "guarded"];

/** A proof of these files without any card. */
function aProof(files: Readonly<Record<string, string>>): string {
  const hashes = Object.entries(files).map(([path, content]) => [path, sha256(content)]);
  const proof: ProofFile = {
    schema: 1,
    runner: "node",
    sandboxLevel: "guarded",
    sources: {},
    files: Object.fromEntries(hashes) as Record<string, string>,
    mutants: [],
    cards: [],
  };
  return JSON.stringify(proof);
}

/** RGS-3xxx: the suite and loading. */
export const SUITE_ERRORS = {
  "RGS-3001": async () => {
    const root = await aProject(FILES);
    const held = await openSuiteFolder(join(root, SUITE));
    return command(["generate"], root).finally(() => held[Symbol.asyncDispose]());
  },
  "RGS-3002": async () => {
    const root = await aProject({
      ...FILES,
      [join(SUITE, "a.test.js")]: "// mine now\n",
      [join(SUITE, "regoose.proof.json")]: aProof({ "a.test.js": "// generated\n" }),
    });
    return command(["generate"], root);
  },
  "RGS-3003": async () => {
    const root = await aProject(FILES);
    await writeFile(join(root, "test"), "a file stands in the way");
    return command(["generate"], root);
  },
  "RGS-3010": async () => {
    const root = await aProject({ ...FILES, "index.js": BROKEN });
    return command(["generate", ...QUICK], root);
  },
  "RGS-3011": async () => command(["verify"], await aProject(FILES)),
  "RGS-3012": async () =>
    command(["verify"], await aProject({ ...FILES, [join(SUITE, "regoose.proof.json")]: "{" })),
  // A server that a test never closes: no test of the package can be kept.
  "RGS-3013": async () => {
    const source = 'require("node:http").createServer().listen(0);\nexports.one = () => 1;\n';
    return command(["generate", ...QUICK], await aProject({ ...FILES, "index.js": source }));
  },
  "RGS-3014": async () => {
    const root = await aProject({ ...FILES, [join(SUITE, "regoose.proof.json")]: aProof({}) });
    return command(["verify", "--sandbox", "guarded"], root);
  },
} as const satisfies Readonly<Record<string, Provoke>>;
