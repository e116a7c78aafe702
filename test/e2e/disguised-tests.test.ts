import { access, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

import type { ScriptInput } from "../../src/adapters/mock-llm/script.ts";
import { startMockLlm } from "../../src/adapters/mock-llm/start-mock-llm.ts";
import type { RunResult } from "../../src/contract/envelope.ts";
import { createSystemClock } from "../../src/kernel/clock.ts";
import { hasNamespace } from "./support/cli.ts";
import { aFolder, aTest, fenced, generate, KEY, readAll, toData } from "./support/models.ts";

const clock = createSystemClock();
const SOURCE = `/** Twice a number; what is negative counts as nothing. */
export function twice(n) {
  if (n < 0) return 0;
  return n * 2;
}
`;
const HEAD = `import assert from "node:assert/strict";
import { test } from "node:test";
import { twice } from "../../src/index.js";
`;
/** Nothing of it that a text says: every name is put together when it runs. */
const DISGUISE = `const all = [].constructor.constructor("return this")();
const host = all["proc" + "ess"];
const load = (name) => host["getBuiltin" + "Module"]("node:" + name);
`;

/** Listens on this machine and counts who comes. */
async function aListener(): Promise<{ readonly port: number; readonly visits: () => number }> {
  let visits = 0;
  const server = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, visits: () => visits };
}

async function layProject(root: string): Promise<void> {
  await mkdir(join(root, "src"));
  const manifest = { name: "twice", type: "module", exports: "./src/index.js" };
  await writeFile(join(root, "package.json"), JSON.stringify(manifest));
  await writeFile(join(root, "src/index.js"), SOURCE);
}

describe.skipIf(!hasNamespace())("tests of a model", { timeout: 240_000 }, () => {
  test("that reach out where no text shows it are stopped when they run, and told of", async () => {
    const [root, home, listener] = [await aFolder(), await aFolder(), await aListener()];
    const planted = join(home, "planted");
    const reads = `const key = host["en" + "v"]["CAN" + "ARY"];
  assert.equal(typeof key, "string");
  assert.equal(twice(3), 6);`;
    const writes = `load("f" + "s").writeFileSync(${JSON.stringify(planted.split("/"))}.join("/"), "x");
  assert.equal(twice(4), 8);`;
    const connects = `await new Promise((resolve, reject) => {
    load("n" + "et").connect(${String(listener.port)}, "127.0.0.1", resolve).on("error", reject);
  });
  assert.equal(twice(5), 10);`;
    const answer = fenced(
      HEAD,
      DISGUISE,
      aTest("doubles", "assert.equal(twice(2), 4);"),
      aTest("reads", reads),
      aTest("writes", writes),
      aTest("connects", connects).replace("() => {\n  await", "async () => {\n  await"),
    );
    const script: ScriptInput = {
      answers: [
        { when: { includes: "never the code" }, text: answer },
        {
          when: { includes: "Say what that means" },
          json: { verdict: "environment", quote: "", reasoning: [] },
        },
        { text: "nothing" },
      ],
    };
    await using server = await startMockLlm({ clock }, { script });
    await layProject(root);
    const args = ["--engine", "model", "--provider", "local"];
    const data = toData(await generate({ root, home, server, args }));

    expect(listener.visits()).toBe(0);
    await expect(access(planted)).rejects.toThrow();
    expect(JSON.stringify(server.requests.map(({ body }) => body))).not.toContain(KEY);
    expect(await readAll(join(root, ".regoose"))).not.toContain(KEY);
    expect(data.suite.tests).toBe(1);
    const suite = await readAll(join(root, "test/regoose"));
    expect(suite).toContain("twice(2), 4");
    for (const reach of ["twice(3)", "twice(4)", "twice(5)"]) expect(suite).not.toContain(reach);

    expect(data.candidates.rejected).toMatchObject({ failed: 3 });
    const [runId = ""] = await readdir(join(root, ".regoose/runs"));
    const stored = await readFile(join(root, ".regoose/runs", runId, "result.json"), "utf8");
    const { rejections } = JSON.parse(stored) as RunResult;
    const told = new Map(rejections.map(({ title, detail }) => [title, detail]));
    expect(told.get("reads")).toContain("undefined");
    expect(told.get("writes")).toMatch(/EROFS|EACCES|EPERM|ENOENT/u);
    expect(told.get("connects")).toMatch(/ECONNREFUSED|ENETUNREACH|EPERM|EACCES/u);
  });

  test("whose own set-up throws are repaired, and keep what they demand", async () => {
    const [root, home] = [await aFolder(), await aFolder()];
    const body = (count: string): string =>
      aTest("doubles", `const count = ${count};\n  assert.equal(twice(count), 14);`);
    const script: ScriptInput = {
      answers: [
        { when: { includes: "never the code" }, text: fenced(HEAD, body("Number.read('7')")) },
        { when: { includes: "repair test files" }, text: fenced(HEAD, body("7")) },
        { text: "nothing" },
      ],
    };
    await using server = await startMockLlm({ clock }, { script });
    await layProject(root);
    const args = ["--engine", "model", "--provider", "local"];
    const data = toData(await generate({ root, home, server, args }));
    expect(data.suite.tests).toBe(1);
    expect(await readAll(join(root, "test/regoose"))).toContain("const count = 7;");
    const asked = JSON.stringify(server.requests.map((request) => request.body));
    expect(asked).toContain("TypeError: Number.read is not a function");
    expect(asked).not.toContain("Say what that means");
  });
});
