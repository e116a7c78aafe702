import { describe, test } from "vitest";
import { createBubblewrapBackend } from "../../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import { createGuardedBackend } from "../../../src/adapters/sandbox/guarded/guarded-backend.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { openSandboxBench } from "../../../src/testing/sandbox-bench.ts";
import { sandboxContract } from "../../../src/testing/sandbox-contract.ts";
import { findReasonToSkip } from "./namespace-gate.ts";

const clock = createSystemClock();
const reason = await findReasonToSkip();

describe.skipIf(reason !== null)(`bubblewrap keeps the sandbox contract ${reason ?? ""}`, () => {
  const backend = createBubblewrapBackend({ clock });
  test.for(sandboxContract())("$name", { timeout: 120_000 }, async (law) => {
    await using bench = openSandboxBench(backend);
    await law.run(bench);
  });
});

describe("node-permission keeps the sandbox contract", () => {
  const backend = createGuardedBackend({ clock });
  test.for(sandboxContract())("$name", { timeout: 120_000 }, async (law) => {
    await using bench = openSandboxBench(backend);
    await law.run(bench);
  });
});
