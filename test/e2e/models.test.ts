import { readdir, readFile, rm, writeFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ScriptInput } from "../../src/adapters/mock-llm/script.ts";
import { startMockLlm } from "../../src/adapters/mock-llm/start-mock-llm.ts";
import type { showRun } from "../../src/app/stored-runs.ts";
import type { GenerateData } from "../../src/contract/envelope.ts";
import { createSystemClock } from "../../src/kernel/clock.ts";
import { hasNamespace, runCli, startCli, toEnvelope, waitFor } from "./support/cli.ts";
import {
  aFolder,
  aTest,
  fenced,
  generate,
  KEY,
  readAll,
  toData,
  toEnvironment,
} from "./support/models.ts";

/** A search does not guess the word; and the cap breaks a promise of the README. */
const SOURCE = `/**
 * Sums durations such as "1h30m", in seconds.
 * @param {string} text
 * @returns {number}
 */
export function seconds(text) {
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\\d+)([hms])/g)) {
    total += Number(count) * { h: 3600, m: 60, s: 1 }[unit];
  }
  return Math.min(total, 359_999);
}

const WORDS = { "a-fortnight-of-sundays": 14 };

/** Knows one phrase. */
export function days(phrase) {
  const key = phrase.split("").reverse().join("");
  return WORDS[key] === undefined ? -1 : WORDS[key] + phrase.length - key.length;
}
`;
const PROMISE = "There is no upper bound on a duration";
const README = `# durations\n\n\`seconds("1h30m")\` gives 5400. ${PROMISE}.\n`;
const HEAD = `import assert from "node:assert/strict";\nimport { test } from "node:test";\n`;
const IMPORT = `import { days, seconds } from "../../src/index.js";\n`;

const SUMS = aTest("sums hours and minutes", 'assert.equal(seconds("1h30m"), 5400);');
const UNBOUND = aTest("has no upper bound", 'assert.equal(seconds("200h"), 720000);');
const PHRASE = aTest("knows the phrase", 'assert.equal(days("syadnus-fo-thgintrof-a"), 14);');
const LEAK = aTest("shows", "console.log(process.env); assert.equal(seconds('1s'), 1);");

const ORACLE = {
  when: { includes: "never the code" },
  text: fenced(HEAD, IMPORT, SUMS, UNBOUND, LEAK),
};
/** Whose imports are wrong at first. */
const EXPLORER = {
  when: { includes: "find changes of behaviour" },
  text: fenced(HEAD, IMPORT.replace("src/index", "src/durations"), PHRASE),
};
const REPAIR = { when: { includes: "repair test files" }, text: fenced(HEAD, IMPORT, PHRASE) };
const VERDICT = { verdict: "bug", quote: PROMISE, reasoning: ["It is promised.", "It is capped."] };
const JUDGE = { when: { includes: "Say what that means" }, json: VERDICT };
const VERDICT_OF_ALL = { verdict: "bug", votes: { agreed: 3, asked: 3 } };
const SCRIPT: ScriptInput = { answers: [ORACLE, EXPLORER, REPAIR, JUDGE] };

const clock = createSystemClock();

async function aProject(): Promise<string> {
  const root = await aFolder();
  await mkdir(join(root, "src"));
  const manifest = { name: "durations", type: "module", exports: "./src/index.js" };
  await writeFile(join(root, "package.json"), JSON.stringify(manifest));
  await writeFile(join(root, "src/index.js"), SOURCE);
  await writeFile(join(root, "README.md"), README);
  return root;
}

/** What `regoose runs show` says of the latest run. */
async function show(root: string): Promise<Awaited<ReturnType<typeof showRun>>> {
  const shown = await runCli(["runs", "show", "--json"], { cwd: root });
  return toEnvelope<Awaited<ReturnType<typeof showRun>>>(shown).data as never;
}

describe.skipIf(!hasNamespace())("generate with a model", { timeout: 240_000 }, () => {
  test("keeps what is proven, repairs what does not load, and reports a broken promise", async () => {
    await using server = await startMockLlm({ clock }, { script: SCRIPT });
    const [root, home] = [await aProject(), await aFolder()];
    const bugs = join(root, "bugs");
    const args = ["--engine", "model", "--provider", "local", "--bugs-out", "bugs"];
    const data = toData(await generate({ root, home, server, args }));
    expect(data).toMatchObject({
      engine: "model",
      reproducible: false,
      candidates: { proposed: 4, admitted: 2, rejected: { failed: 1, "reaches-outside": 1 } },
      suite: { tests: 2 },
      findings: [
        {
          kind: "broken-promise",
          evidence: { expected: PROMISE, reproduced: 2, reasoning: VERDICT.reasoning },
        },
      ],
    });
    expect(data.notes.join("\n")).toContain("1 tests that reach for environment");

    const suite = await readAll(join(root, "test/regoose"));
    expect(suite).toContain("sums hours and minutes");
    expect(suite).toContain("knows the phrase");
    for (const refused of ["has no upper bound", "process.env"])
      expect(suite).not.toContain(refused);
    expect(await readAll(bugs)).toContain('assert.equal(seconds("200h"), 720000);');
    const again = await runCli(["verify", "--json", "test/regoose"], { cwd: root });
    expect(again.code, again.stdout).toBe(0);

    expect(await readAll(join(root, ".regoose"))).not.toContain(KEY);
    const { agents, messages } = await show(root);
    expect(agents).toMatchObject([
      { agent: "oracle", asked: 1, answered: 1 },
      { agent: "judge", asked: 3, answered: 3 },
      { agent: "explorer" },
      { agent: "repair", asked: 1, answered: 1 },
    ]);
    expect(messages.slice(0, 3)).toMatchObject([
      { message: { to: "oracle", kind: "state-behaviour" }, reply: { kind: "files" } },
      { message: { to: "judge", kind: "judge-failure" }, reply: { judgement: VERDICT_OF_ALL } },
      { message: { to: "explorer", kind: "explore-gap" }, reply: { kind: "files" } },
    ]);
  });

  test("is replayed to the byte from its log, with nobody to ask", async () => {
    const [root, home] = [await aProject(), await aFolder()];
    let data: GenerateData;
    {
      await using server = await startMockLlm({ clock }, { script: SCRIPT });
      data = toData(await generate({ root, home, server, args: ["--provider", "local"] }));
    }
    const replayed = await runCli(["runs", "replay", "--json"], { cwd: root });
    expect(toData(replayed)).toEqual(data);
  });

  test("has agents and gate work again from its recording alone, to the byte", async () => {
    const [root, home] = [await aProject(), await aFolder()];
    {
      await using server = await startMockLlm({ clock }, { script: SCRIPT });
      const args = ["--engine", "model", "--provider", "local"];
      toData(await generate({ root, home, server, args }));
    }
    const suite = join(root, "test/regoose");
    const [before, shown] = [await readAll(suite), await show(root)];
    const [first = ""] = await readdir(join(root, ".regoose/runs"));
    await rm(suite, { recursive: true });
    // The server is gone, nobody is named, and there is no key.
    const env = toEnvironment({ root, home, args: [] });
    const rerun = ["rerun", first, "--json", "--replay-models"];
    const replayed = toData(await runCli(rerun, { cwd: root, env }));
    expect(replayed).toMatchObject({ suite: { tests: 2 }, findings: [{}] });
    expect(await readAll(suite)).toBe(before);
    const again = await show(root);
    expect(again.id).not.toBe(first);
    expect(again.messages).toEqual(shown.messages);
    expect(again.agents).toEqual(shown.agents);

    const recording = join(root, ".regoose/runs", first, "models/recording.ndjson");
    const lines = (await readFile(recording, "utf8")).trimEnd().split("\n");
    await writeFile(recording, `${lines.slice(0, -1).join("\n")}\n`);
    const lacking = await runCli(rerun, { cwd: root, env });
    expect(lacking.code).toBe(2);
    expect(toEnvelope(lacking)).toMatchObject({ ok: false, error: { code: "RGS-4019" } });
  });

  test("forgets its agents where it is reset, and keeps the answers that were paid for", async () => {
    await using server = await startMockLlm({ clock }, { script: SCRIPT });
    const [root, home] = [await aProject(), await aFolder()];
    toData(await generate({ root, home, server, args: ["--provider", "local"] }));
    const [runId = ""] = await readdir(join(root, ".regoose/runs"));
    const folder = join(root, ".regoose/runs", runId);
    expect(await readdir(folder)).toEqual(expect.arrayContaining(["agents.ndjson", "models"]));
    const paid = server.requests.length;
    const reset = await runCli(["runs", "reset", "--json", "--from", "explore"], { cwd: root });
    expect(toEnvelope(reset).data).toMatchObject({ reset: ["explore", "combine", "write"] });
    expect(await show(root)).toMatchObject({ agents: [], messages: [] });
    const env = toEnvironment({ root, home: await aFolder(), server, args: [] });
    const resume = ["resume", "--json", "--provider", "local"];
    toData(await runCli(resume, { cwd: root, env }));
    expect(server.requests).toHaveLength(paid);
  });

  test("adds to what the search has found, and proves both together", async () => {
    await using server = await startMockLlm({ clock }, { script: SCRIPT });
    const [root, home] = [await aProject(), await aFolder()];
    const data = toData(await generate({ root, home, server, args: ["--provider", "local"] }));
    expect(data).toMatchObject({ engine: "auto", outcome: "succeeded" });
    expect(data.executions).toBeGreaterThan(0);
    const proof = await readFile(join(root, "test/regoose/regoose.proof.json"), "utf8");
    const { cards } = JSON.parse(proof) as {
      readonly cards: readonly { readonly origin: string; readonly engine: string }[];
    };
    expect(new Set(cards.map(({ origin }) => origin))).toEqual(new Set(["search", "model"]));
    expect(cards.find(({ origin }) => origin === "model")?.engine).toBe("model local/mock-model");
    expect(await readAll(join(root, "test/regoose"))).toContain("knows the phrase");
  });

  test("pays for no answer twice after it was killed", async () => {
    // The explorer's question never gets its answer.
    await using server = await startMockLlm(
      { clock },
      { script: { ...SCRIPT, faults: [{ fault: "silence", when: { includes: "find changes" } }] } },
    );
    const [root, home] = [await aProject(), await aFolder()];
    const call = { root, home, server, args: [] };
    const args = ["--engine", "model", "--provider", "local", "--reruns", "1"];
    const child = startCli(["generate", "--json", ...args], {
      cwd: root,
      env: toEnvironment(call),
    });
    const ended = waitFor(child);
    await expect.poll(() => server.requests.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(5);
    child.kill("SIGKILL");
    await ended;
    const before = server.requests.length;
    // What was done until then is there to be seen.
    const killed = await show(root);
    expect(killed.agents).toMatchObject([
      { agent: "oracle", answered: 1 },
      { agent: "judge", answered: 3 },
      { agent: "explorer", asked: 1, answered: 0 },
    ]);
    expect(killed.messages).toHaveLength(2);
    server.play(SCRIPT);
    // The log of a run may come from anybody: it has nobody asked.
    const unnamed = await runCli(["resume", "--json"], { cwd: root, env: toEnvironment(call) });
    expect(unnamed.code).toBe(2);
    expect(toEnvelope(unnamed)).toMatchObject({ ok: false, error: { code: "RGS-2020" } });
    expect(server.requests).toHaveLength(before);
    const resumed = await runCli(["resume", "--json", "--provider", "local"], {
      cwd: root,
      env: toEnvironment(call),
    });
    expect(toData(resumed)).toMatchObject({ suite: { tests: 2 }, findings: [{}] });
    // Oracle and judges are recorded; the explorer is asked again, and its repair.
    expect(server.requests.length - before).toBeLessThanOrEqual(3);
    expect(server.requests.slice(before).map(({ path }) => path)).not.toEqual([]);
    const whole = await show(root);
    expect(whole.agents).toMatchObject([
      { agent: "oracle", asked: 1, answered: 1 },
      { agent: "judge", asked: 3, answered: 3 },
      { agent: "explorer", answered: expect.any(Number) as number },
      { agent: "repair", asked: 1, answered: 1 },
    ]);
    expect(whole.messages.slice(0, 2)).toEqual(killed.messages);
    expect(whole.messages.filter(({ message }) => message.to === "judge")).toHaveLength(1);
  });

  test("keeps the suite of the search where models are away, and says so", async () => {
    await using server = await startMockLlm(
      { clock },
      { script: { faults: [{ fault: "key-rejected" }] } },
    );
    const [root, home] = [await aProject(), await aFolder()];
    const data = toData(await generate({ root, home, server, args: ["--provider", "local"] }));
    expect(data.outcome).toBe("degraded");
    expect(data.degradations.join("\n")).toMatch(/models stopped answering: .*key/u);
    expect(data.suite.tests).toBeGreaterThan(0);
  });

  test("stops at its budget: a degraded run beside the search, exit code 6 alone", async () => {
    await using server = await startMockLlm({ clock }, { script: SCRIPT });
    const [root, home] = [await aProject(), await aFolder()];
    const args = ["--provider", "local", "--budget-tokens", "10"];
    const data = toData(await generate({ root, home, server, args }));
    expect(data.degradations.join("\n")).toContain("budget for models was used up");
    const alone = await generate({ root, home, server, args: ["--engine", "model", ...args] });
    expect(alone.code).toBe(6);
    expect(toEnvelope(alone)).toMatchObject({ ok: false, error: { code: "RGS-4016" } });
    expect(server.requests).toEqual([]);
  });

  test("asks nobody unless a provider or an engine was named", async () => {
    await using server = await startMockLlm({ clock }, { script: SCRIPT });
    const [root, home] = [await aProject(), await aFolder()];
    expect(toData(await generate({ root, home, server, args: [] })).engine).toBe("search");
    expect(server.requests).toEqual([]);
    const auto = toData(await generate({ root, home, args: ["--engine", "auto"] }));
    expect(auto.notes.join("\n")).toContain("no model was asked: no model provider has a key");
    const model = await generate({ root, home, args: ["--engine", "model"] });
    expect(model.code).toBe(2);
    expect(toEnvelope(model)).toMatchObject({ ok: false, error: { code: "RGS-2020" } });
  });
});
