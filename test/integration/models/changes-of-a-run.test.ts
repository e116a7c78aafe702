import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { generate } from "../../../src/app/generate.ts";
import { replayRun } from "../../../src/app/resume.ts";
import { renderReport } from "../../../src/reporting/render-report.ts";
import { aFolder, signal } from "./router-bench.ts";
import { aMock, clock } from "./wire-bench.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const SOURCE = "/** Twice `n`. */\nexport function twice(n) {\n  return n * 2;\n}\n";
const TEST = [
  'import assert from "node:assert/strict";',
  'import { test } from "node:test";',
  'import { twice } from "../../src/index.js";',
  'test("doubles", () => {\n  assert.equal(twice(3), 6);\n});',
].join("\n");

async function aProject(): Promise<string> {
  const [root, home] = [await aFolder(), await aFolder()];
  for (const name of ["XDG_CONFIG_HOME", "XDG_STATE_HOME"]) vi.stubEnv(name, home);
  await mkdir(join(root, "src"));
  await writeFile(
    join(root, "package.json"),
    '{"name":"doubles","type":"module","exports":"./src/index.js"}',
  );
  await writeFile(join(root, "src/index.js"), SOURCE);
  return root;
}

async function readAll(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map((file) => readFile(join(file.parentPath, file.name), "utf8"));
  return (await Promise.all(texts)).join("\n");
}

test("what a run could not ask for as it was set stands in its reports, trace, answers and log", async () => {
  const mock = await aMock({
    answers: [
      { when: { includes: "never the code" }, text: `\`\`\`js\n${TEST}\n\`\`\`` },
      { text: "Nothing more." },
    ],
  });
  const cwd = await aProject();
  const answer = await generate(
    { clock, version: "1" },
    {
      ...{ targets: ["."], code: null, cwd },
      flags: { engine: "model", sandbox: "guarded", maxExecutions: 200, reruns: 1 },
      models: {
        ...{ provider: "local", model: "m", baseUrl: `${mock.url}/v1` },
        parameters: { all: { reasoningTokens: 900 }, roles: { oracle: { temperature: 0.3 } } },
      },
    },
    { signal, onProgress: () => undefined, onNotice: () => undefined },
  );

  const isOracle = (body: object): boolean => JSON.stringify(body).includes("never the code");
  const oracle = mock.requests.filter(({ body }) => isOracle(body));
  expect(oracle.length).toBeGreaterThan(0);
  for (const { body } of mock.requests) {
    expect(body["temperature"]).toBe(isOracle(body) ? 0.3 : undefined);
    expect(JSON.stringify(body)).not.toContain("900");
  }

  const changes = answer.data.models?.changes;
  expect(changes).toMatchObject([
    {
      ...{ provider: "local", model: "m", parameter: "reasoningTokens", action: "dropped" },
      ...{ roles: expect.arrayContaining(["oracle"]) as unknown, requests: mock.requests.length },
    },
  ]);
  const replayed = await replayRun({ clock }, { run: "latest", cwd });
  expect(replayed.data.models?.changes).toEqual(changes);

  const { report, runFolder } = answer;
  if (report === null) throw new Error("the gate decided nothing");
  for (const format of ["terminal", "markdown", "html"] as const) {
    const text = await renderReport(format, report, { columns: 1_000 });
    expect(text, format).toContain("local/m was not asked with reasoningTokens as it was set");
  }
  expect(await renderReport("json", report)).toContain('"changes"');
  const spans = (await readFile(join(runFolder, "trace.ndjson"), "utf8")).split("\n");
  const dropped = '"regoose.model.parameter_changes":"dropped reasoningTokens"';
  expect(spans.filter((line) => line.includes(dropped)).length).toBeGreaterThanOrEqual(
    mock.requests.length,
  );
  expect(await readAll(join(runFolder, "models"))).toContain('"parameter":"reasoningTokens"');
}, 600_000);
