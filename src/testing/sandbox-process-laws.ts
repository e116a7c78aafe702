import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { SandboxProcess } from "../ports/sandbox.ts";
import type { SandboxBench, SandboxLaw } from "./sandbox-bench.ts";

const ECHO =
  "require('readline').createInterface(process.stdin).on('line', (l) => console.log('<' + l + '>'))";

/** The laws of long-lived processes, and of the network. */
export const PROCESS_LAWS: readonly SandboxLaw[] = [
  {
    name: "talks to a long-lived process by lines",
    run: async ({ create, start }: SandboxBench): Promise<void> => {
      await using process = await start(await create(), ECHO);
      const lines = process.lines[Symbol.asyncIterator]();
      for (const text of ["one", "zwei ü", "x".repeat(200_000)]) {
        await process.send(text);
        assert.equal((await lines.next()).value, `<${text}>`);
      }
    },
  },
  {
    name: "yields the lines of a process that has already ended, the last without a newline too",
    run: async ({ create, start }: SandboxBench): Promise<void> => {
      const process = await start(
        await create(),
        "process.stdout.write('a\\nb\\r\\n\\nc'); process.exitCode = 4",
      );
      assert.deepEqual((await process.ended).end, { kind: "exited", code: 4 });
      assert.deepEqual(await readAll(process), ["a", "b", "", "c"]);
    },
  },
  {
    name: "kills a process whose line never ends",
    run: async ({ create, start }: SandboxBench): Promise<void> => {
      const process = await start(
        await create(),
        "const text = 'x'.repeat(65536); for (;;) require('fs').writeSync(1, text)",
      );
      assert.deepEqual(await readAll(process), []);
      assert.equal((await process.ended).end.kind, "output-exceeded");
    },
  },
  {
    name: "holds a process back while nobody reads, and ends it all the same",
    run: async ({ create, start }: SandboxBench): Promise<void> => {
      const process = await start(
        await create(),
        "const text = 'x'.repeat(65535) + '\\n'; for (;;) require('fs').writeSync(1, text)",
      );
      const lines = process.lines[Symbol.asyncIterator]();
      assert.equal(String((await lines.next()).value).length, 65_535);
      process.kill();
      assert.equal((await process.ended).end.kind, "signalled");
    },
  },
  {
    name: "refuses lines for a process that has ended",
    run: async ({ create, start }: SandboxBench): Promise<void> => {
      const process = await start(await create(), "0");
      await process.ended;
      await assert.rejects(process.send("late"), { name: "SandboxProcessGone" });
    },
  },
  {
    name: "hands over the error output of a long-lived process",
    run: async ({ create, start }: SandboxBench): Promise<void> => {
      const process = await start(await create(), "console.error('why'); process.exit(1)");
      const { end, stderr } = await process.ended;
      assert.deepEqual(end, { kind: "exited", code: 1 });
      assert.equal(stderr, "why\n");
    },
  },
  {
    name: "bounds a long-lived process in time",
    run: async ({ create, start }: SandboxBench): Promise<void> => {
      const process = await start(await create(), "setInterval(() => 0, 1000)", 300);
      assert.equal((await process.ended).end.kind, "timed-out");
    },
  },
  {
    name: "disposes a long-lived process twice",
    run: async ({ create, start }: SandboxBench): Promise<void> => {
      const process = await start(await create(), ECHO);
      await process[Symbol.asyncDispose]();
      await process[Symbol.asyncDispose]();
      assert.deepEqual((await process.ended).end, { kind: "signalled", signal: "SIGKILL" });
    },
  },
  {
    name: "reaches servers of its own, and none of this machine",
    run: async ({ create, node }: SandboxBench): Promise<void> => {
      let reached = 0;
      const decoy = createServer((socket) => {
        reached += 1;
        socket.destroy();
      });
      await new Promise<void>((resolve) => decoy.listen(0, "127.0.0.1", resolve));
      const address = decoy.address();
      const port = typeof address === "object" ? (address?.port ?? 0) : 0;
      const result = await node(
        await create(),
        `const http = require('http');
          const own = http.createServer((q, r) => r.end('own')).listen(0, async () => {
            console.log(await (await fetch('http://localhost:' + own.address().port)).text());
            await fetch('http://127.0.0.1:${port}').catch((e) => console.log(e.cause.code));
            await fetch('http://example.com').catch(() => console.log('no name'));
            own.close();
          });`,
      );
      await new Promise((resolve) => decoy.close(resolve));
      assert.equal(result.stdout, "own\nECONNREFUSED\nno name\n", result.stderr);
      assert.equal(reached, 0);
    },
  },
];

async function readAll(process: SandboxProcess): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of process.lines) lines.push(line);
  return lines;
}
