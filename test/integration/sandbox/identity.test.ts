import { expect, test } from "vitest";
import { createBubblewrapBackend } from "../../../src/adapters/sandbox/bubblewrap/bubblewrap-backend.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { openSandboxBench } from "../../../src/testing/sandbox-bench.ts";
import { findReasonToSkip } from "../../contract/sandbox/namespace-gate.ts";

const reason = await findReasonToSkip();
const SCRIPT = `const os = require("os"); require("fs").writeFileSync("own.txt", "mine");
  console.log(JSON.stringify([process.getuid(), process.getgid(), os.userInfo().username, os.hostname()]))`;

test.skipIf(reason !== null)(
  "a program is another user of another machine by its second identity",
  async () => {
    await using bench = openSandboxBench(createBubblewrapBackend({ clock: createSystemClock() }));
    const sandbox = await bench.create();
    const seen = await Promise.all(
      (["first", "second"] as const).map(async (identity) => {
        const result = await sandbox.run(
          {
            argv: ["node", "-e", SCRIPT],
            env: {},
            timeoutMs: 20_000,
            collect: ["own.txt"],
            collectBytes: 100,
            identity,
          },
          { signal: new AbortController().signal },
        );
        // Whoever it is, the work copy is its own.
        expect(result.files.get("own.txt")?.content.toString(), result.stderr).toBe("mine");
        return JSON.parse(result.stdout) as readonly unknown[];
      }),
    );
    const [first = [], second = []] = seen;
    first.forEach((value, index) => {
      expect(second[index]).not.toBe(value);
    });
  },
);
