import assert from "node:assert/strict";
import { CONTRACT_LIMITS, NEVER, type SandboxBench, type SandboxLaw } from "./sandbox-bench.ts";

/** How commands end. */
export const END_LAWS: readonly SandboxLaw[] = [
  {
    name: "kills what runs past its time",
    run: async ({ create, node }: SandboxBench): Promise<void> => {
      const result = await node(await create(), "for (;;);", { timeoutMs: 300 });
      assert.equal(result.end.kind, "timed-out");
      assert.ok(result.durationMs < 30_000);
    },
  },
  {
    name: "kills what prints too much, and keeps the beginning",
    run: async ({ create, node }: SandboxBench): Promise<void> => {
      for (const stream of ["stdout", "stderr"] as const) {
        const result = await node(
          await create(),
          `const text = 'x'.repeat(65536); for (;;) require('fs').writeSync(${stream === "stdout" ? 1 : 2}, text)`,
        );
        assert.equal(result.end.kind, "output-exceeded");
        assert.equal(result[stream].length, CONTRACT_LIMITS.outputBytes);
      }
    },
  },
  {
    name: "tells death by signal, and death by memory, from an exit",
    run: async ({ create, node }: SandboxBench): Promise<void> => {
      const sandbox = await create();
      const killed = await node(sandbox, "process.kill(process.pid, 'SIGKILL')");
      assert.deepEqual(killed.end, { kind: "signalled", signal: "SIGKILL" });
      const grown = await node(
        sandbox,
        "const all = []; for (;;) all.push(new Array(1e5).fill(Math.random()))",
      );
      assert.equal(grown.end.kind, "memory-exceeded");
    },
  },
  {
    name: "holds a work copy to its size",
    run: async ({ create, node }: SandboxBench): Promise<void> => {
      const result = await node(
        await create(),
        `const fs = require('fs'); const mib = Buffer.alloc(1048576, 1); let n = 0;
          const next = () => { fs.writeFileSync('f' + n, mib); n += 1; if (n < 256) setTimeout(next, 5); };
          next();`,
      );
      assert.notDeepEqual(result.end, { kind: "exited", code: 0 });
    },
  },
  {
    name: "ends at once, as cancelled, when its signal fires",
    run: async ({ create }: SandboxBench): Promise<void> => {
      const sandbox = await create();
      const cancel = new AbortController();
      const command = {
        argv: ["node", "-e", "setInterval(() => 0, 1000)"],
        env: {},
        timeoutMs: 60_000,
        collect: [],
        collectBytes: 0,
      };
      const running = sandbox.run(command, { signal: cancel.signal });
      cancel.abort(new Error("stop"));
      assert.equal((await running).end.kind, "cancelled");
      await assert.rejects(sandbox.run(command, { signal: cancel.signal }), /stop/u);
    },
  },
  {
    name: "keeps commands that run at once apart",
    run: async ({ create, node, layer }: SandboxBench): Promise<void> => {
      const sandbox = await create({ layers: [layer({ "a.txt": "0" })] });
      const results = await Promise.all(
        [1, 2, 3].map((id) =>
          node(
            sandbox,
            `const fs = require('fs'); fs.appendFileSync('a.txt', '${id}'); console.log(process.cwd(), fs.readFileSync('a.txt', 'utf8'))`,
            { collect: ["a.txt"] },
          ),
        ),
      );
      for (const [index, result] of results.entries()) {
        assert.equal(result.stdout, `${sandbox.pathOf("work")} 0${index + 1}\n`);
        assert.equal(result.files.get("a.txt")?.content.toString(), `0${index + 1}`);
      }
    },
  },
  {
    name: "reports a missing layer as a failed set-up, not as an exit",
    run: async ({ create }: SandboxBench): Promise<void> => {
      const running = create({ layers: ["/nonexistent/regoose"] }).then((sandbox) =>
        sandbox.run(
          { argv: ["node"], env: {}, timeoutMs: 1_000, collect: [], collectBytes: 0 },
          { signal: NEVER },
        ),
      );
      await assert.rejects(running, { name: "SandboxSetupFailed", code: "RGS-7002" });
    },
  },
  {
    name: "disposes twice, kills what runs, and runs nothing afterwards",
    run: async ({ create, node }: SandboxBench): Promise<void> => {
      const sandbox = await create();
      const running = node(sandbox, "setInterval(() => 0, 1000)");
      await Promise.all([sandbox[Symbol.asyncDispose](), sandbox[Symbol.asyncDispose]()]);
      assert.equal((await running).end.kind, "cancelled");
      await assert.rejects(node(sandbox, "0"), { code: "RGS-7002" });
    },
  },
];
