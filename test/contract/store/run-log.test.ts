import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "vitest";
import { createArtifactFiles } from "../../../src/adapters/store/artifact-files.ts";
import { createRunLogFiles } from "../../../src/adapters/store/run-log-files.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { artifactStoreContract, runLogContract } from "../../../src/testing/run-log-contract.ts";

const clock = createSystemClock();
let runs = "";
beforeEach(async () => void (runs = await mkdtemp(join(tmpdir(), "regoose-log-contract-"))));
afterEach(() => rm(runs, { recursive: true, force: true }));

describe("files keep the contract of the run log", () => {
  test.for(runLogContract())("$name", (law) =>
    law.run({ log: createRunLogFiles({ clock }, runs), other: createRunLogFiles({ clock }, runs) }),
  );
});

describe("files keep the contract of the artifact store", () => {
  test.for(artifactStoreContract())("$name", (law) =>
    law.run({ store: createArtifactFiles(runs) }),
  );
});
