import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SandboxBench, SandboxLaw } from "./sandbox-bench.ts";

/** What a command finds inside. */
export const CONTENT_LAWS: readonly SandboxLaw[] = [
  {
    name: "hands back output and exit code",
    run: async ({ create, node }: SandboxBench): Promise<void> => {
      const result = await node(
        await create(),
        "console.log('out'); console.error('err'); process.exit(3)",
      );
      assert.deepEqual(result.end, { kind: "exited", code: 3 });
      assert.equal(result.stdout, "out\n");
      assert.equal(result.stderr, "err\n");
    },
  },
  {
    name: "copies layers over one another, in order",
    run: async ({ create, layer, node }: SandboxBench): Promise<void> => {
      const layers = [layer({ "a.txt": "1", "sub/b.txt": "1" }), layer({ "sub/b.txt": "2" })];
      const result = await node(
        await create({ layers }),
        "const { readFileSync: r } = require('fs'); console.log(r('a.txt') + '' + r('sub/b.txt'))",
      );
      assert.equal(result.stdout, "12\n");
    },
  },
  {
    name: "gives every command a fresh work copy and leaves the layers alone",
    run: async ({ create, layer, node }: SandboxBench): Promise<void> => {
      const folder = layer({ "a.txt": "kept" });
      const sandbox = await create({ layers: [folder] });
      const source = `const fs = require('fs');
          console.log(fs.readFileSync('a.txt', 'utf8'), fs.readdirSync('.').length);
          fs.writeFileSync('a.txt', 'changed'); fs.writeFileSync('new.txt', 'x')`;
      const first = await node(sandbox, source);
      const second = await node(sandbox, source);
      assert.equal(first.stdout, "kept 1\n");
      assert.equal(second.stdout, first.stdout);
      assert.equal(readFileSync(join(folder, "a.txt"), "utf8"), "kept");
    },
  },
  {
    name: "starts in the work copy and knows its path",
    run: async ({ create, node }: SandboxBench): Promise<void> => {
      const sandbox = await create();
      const result = await node(sandbox, "console.log(process.cwd())");
      assert.equal(result.stdout.trim(), sandbox.pathOf("work"));
    },
  },
  {
    name: "resolves dependencies in and above the work copy, by require and import",
    run: async ({ create, layer, node }: SandboxBench): Promise<void> => {
      const near = layer({
        "node_modules/near/package.json": '{"name":"near","main":"i.js"}',
        "node_modules/near/i.js": "module.exports = 'near'",
      });
      const far = layer({
        "node_modules/far/package.json": '{"name":"far","exports":"./i.mjs","type":"module"}',
        "node_modules/far/i.mjs": "export default 'far'",
      });
      const sandbox = await create({
        layers: [
          layer({
            "main.mjs": "import near from 'near'; import far from 'far'; console.log(near, far)",
          }),
        ],
        dependencies: [
          { hostPath: join(near, "node_modules"), levelsUp: 0 },
          { hostPath: join(far, "node_modules"), levelsUp: 1 },
        ],
      });
      const imported = await node(sandbox, "import('./main.mjs')");
      assert.equal(imported.stdout, "near far\n", imported.stderr);
      const required = await node(sandbox, "console.log(require('near'))");
      assert.equal(required.stdout, "near\n");
    },
  },
  {
    name: "does not let dependencies and mounts be written to",
    run: async ({ create, layer, node }: SandboxBench): Promise<void> => {
      const shown = layer({ "node_modules/near/i.js": "", "mount.txt": "kept" });
      const sandbox = await create({
        dependencies: [{ hostPath: join(shown, "node_modules"), levelsUp: 0 }],
        mounts: [{ hostPath: shown, name: "shown" }],
      });
      const mount = join(sandbox.pathOf("shown"), "mount.txt");
      const dependency = join(sandbox.pathOf("work"), "node_modules/near/i.js");
      const result = await node(
        sandbox,
        `const fs = require('fs'); console.log(fs.readFileSync(${JSON.stringify(mount)}, 'utf8'));
          for (const path of [${JSON.stringify(mount)}, ${JSON.stringify(dependency)}]) {
            try { fs.writeFileSync(path, 'changed'); } catch (e) { console.log('denied'); }
          }`,
      );
      assert.equal(result.stdout, "kept\ndenied\ndenied\n");
      assert.equal(readFileSync(join(shown, "mount.txt"), "utf8"), "kept");
      assert.equal(readFileSync(join(shown, "node_modules/near/i.js"), "utf8"), "");
    },
  },
  {
    name: "gives a minimal environment, the command's own additions, and time zones that work",
    run: async ({ create, node }: SandboxBench): Promise<void> => {
      const result = await node(
        await create(),
        "console.log(Object.keys(process.env).filter((k) => !['PWD', 'SHLVL', '_'].includes(k)).sort().join(), process.env.ADDED, new Date(0).getHours())",
        { env: { ADDED: "yes", TZ: "Asia/Tokyo" } },
      );
      assert.equal(result.stdout, "ADDED,HOME,LANG,PATH,TMPDIR,TZ yes 9\n");
    },
  },
  {
    name: "has a home and a temporary folder that can be written to",
    run: async ({ create, node }: SandboxBench): Promise<void> => {
      const result = await node(
        await create(),
        "const fs = require('fs'), os = require('os'); for (const d of [os.homedir(), os.tmpdir()]) fs.writeFileSync(d + '/x', 'x'); console.log('ok')",
      );
      assert.equal(result.stdout, "ok\n", result.stderr);
    },
  },
  {
    name: "closes stdin unless text is given, then hands that in whole",
    run: async ({ create, run, layer }: SandboxBench): Promise<void> => {
      const source =
        "let n = 0; process.stdin.on('data', (d) => { n += d.length; }).on('end', () => console.log(n))";
      const sandbox = await create({ layers: [layer({ "count.cjs": source })] });
      const closed = await run(sandbox, { argv: ["node", "count.cjs"] });
      const given = await run(sandbox, {
        argv: ["node", "count.cjs"],
        stdin: "x".repeat(300_000),
      });
      assert.equal(closed.stdout, "0\n");
      assert.equal(given.stdout, "300000\n");
    },
  },
];

/** What comes back. */
export const COLLECT_LAWS: readonly SandboxLaw[] = [
  {
    name: "collects files up to the cap and leaves missing ones out",
    run: async ({ create, node }: SandboxBench): Promise<void> => {
      const result = await node(
        await create(),
        `const fs = require('fs'); fs.mkdirSync('out dir');
          fs.writeFileSync("out dir/it's.bin", Buffer.from([0, 255, 10, 13]));
          fs.writeFileSync('empty', ''); fs.writeFileSync('long', 'x'.repeat(100));`,
        {
          collect: ["out dir/it's.bin", "missing", "empty", "long", "out dir"],
          collectBytes: 10,
        },
      );
      assert.deepEqual([...result.files.keys()].sort(), ["empty", "long", "out dir/it's.bin"]);
      const exact = result.files.get("out dir/it's.bin");
      assert.deepEqual([...(exact?.content ?? [])], [0, 255, 10, 13]);
      assert.equal(exact?.truncated, false);
      assert.equal(result.files.get("long")?.content.toString(), "x".repeat(10));
      assert.equal(result.files.get("long")?.truncated, true);
      assert.equal(result.files.get("empty")?.content.length, 0);
    },
  },
  {
    name: "collects files of a command that failed",
    run: async ({ create, node }: SandboxBench): Promise<void> => {
      const result = await node(
        await create(),
        "require('fs').writeFileSync('report', 'r'); process.exit(9)",
        { collect: ["report"] },
      );
      assert.deepEqual(result.end, { kind: "exited", code: 9 });
      assert.equal(result.files.get("report")?.content.toString(), "r");
    },
  },
  {
    name: "refuses to collect from outside the work copy",
    run: async ({ create, node }: SandboxBench): Promise<void> => {
      const sandbox = await create();
      for (const path of ["../x", "/etc/passwd", "a/../../x", ""]) {
        await assert.rejects(node(sandbox, "0", { collect: [path] }), RangeError);
      }
    },
  },
];
