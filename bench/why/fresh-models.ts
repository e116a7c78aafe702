import { mkdir, symlink } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import type { Fault, Injected } from "./fault.ts";
import { small, toFelt, toModelEnvironment, withModel } from "./fresh-support.ts";
import type { Stage } from "./stage.ts";

const ONLY_MODEL = { "--engine": "model", "--provider": "local" };
const PROSE =
  "Certainly! A good suite would look at the edges first. I would be glad to help further.";

/** What models do to a run that has no other engine. */
export const FRESH_MODELS: readonly Fault[] = [
  {
    name: "key refused",
    cause: "the provider does not take the key",
    evidence: [/\bkeys?\b|401|unauthori[sz]ed/iu],
    inject: (stage) => ask(stage, { keys: ["sk-other"] }),
  },
  {
    name: "account without credit",
    cause: "the account at the provider has no credit left",
    evidence: [/credit|quota|account|billing/iu],
    inject: (stage) => ask(stage, { faults: [{ fault: "quota-exhausted" }] }),
  },
  {
    name: "nobody listens",
    cause: "nothing listens at the address of the provider",
    evidence: [
      /ECONNREFUSED|refused|reach|down|unavailable|connect|listen/iu,
      /127\.0\.0\.1|local|provider|model/iu,
    ],
    async inject(stage) {
      await stage.example("text-toolkit");
      const url = `http://127.0.0.1:${String(await findFreePort())}/v1`;
      return small(stage, ONLY_MODEL, { env: toModelEnvironment(stage, url) });
    },
  },
  {
    name: "model gone",
    cause: "the provider does not know the model mock-model",
    evidence: [
      /mock-model|model/iu,
      /gone|unknown|no such|not (?:know|found|exist)|404|does not/iu,
    ],
    inject: (stage) => ask(stage, { faults: [{ fault: "model-gone" }] }),
  },
  {
    name: "login portal",
    cause: "a web page comes where an answer of a model should: a proxy or a portal is in between",
    evidence: [/html|page|portal|proxy|no answer|malformed|RGS-4011/iu],
    inject: (stage) => ask(stage, { faults: [{ fault: "html" }] }),
  },
  {
    name: "budget of tokens",
    cause: "--budget-tokens 50 does not suffice for one question",
    evidence: [/budget/iu],
    inject: (stage) => ask(stage, { answers: [{ text: PROSE }] }, { "--budget-tokens": "50" }),
  },
  {
    name: "context too small",
    cause: "the questions are longer than the context of the model",
    evidence: [/context/iu],
    inject: (stage) => ask(stage, { faults: [{ fault: "context-overflow" }] }),
  },
  {
    name: "prose for an answer",
    cause: "the model answers with prose that holds no test",
    evidence: [
      /model|answer/iu,
      /no (?:code|test|block|usable)|prose|without|nothing|none|malformed|shape|not (?:build|hold)/iu,
    ],
    inject: (stage) => ask(stage, { answers: [{ text: PROSE }] }),
  },
  {
    name: "wrong assertions",
    cause: "the tests of the model fail: what they assert is not what the code does",
    evidence: [/not pass|fail|\bred\b|reject|wrong|untrue/iu],
    not: [/not build|does not load/iu],
    inject: (stage) => ask(stage, { answers: [{ text: toAnswer("../../lib/index.js") }] }),
  },
  {
    name: "rate limit for ever",
    cause: "the provider answers 429: too many requests",
    evidence: [/429|rate|limit|too many/iu],
    inject: (stage) =>
      ask(stage, { faults: [{ fault: "retry-after-absurd" }] }, { "--max-time": "30s" }),
  },
  {
    name: "streams cut",
    cause: "each answer of the provider breaks off in the middle",
    evidence: [/cut|stream|reset|broke|incomplete|middle|whole/iu],
    inject: (stage) => ask(stage, { faults: [{ fault: "stream-cut" }] }),
  },
  {
    name: "planner answers prose",
    cause: "the model's plan is prose and not of the shape that was asked for",
    evidence: [/plan|RGS-4012|AnswerInvalid|shape|schema/iu],
    async inject(stage) {
      await stage.example("interval-set");
      const env = await withModel(stage, { answers: [{ text: PROSE }] });
      const args = ["improve", "--goal", "flatten the branches", "--provider", "local", "--yes"];
      const small = ["--max-executions", "60", "--workers", "1", "--reruns", "1"];
      return toFelt(await stage.regoose([...args, ...small, "--json", "--quiet"], { env }));
    },
  },
  {
    name: "virtual environment whose Python is gone",
    cause: "the interpreter of .venv is a dead link",
    evidence: [/venv/iu],
    async inject(stage) {
      await stage.example("python-pricing");
      await mkdir(join(stage.root, ".venv/bin"), { recursive: true });
      await symlink("/opt/python3.9/bin/python3", join(stage.root, ".venv/bin/python"));
      await symlink("python", join(stage.root, ".venv/bin/python3"));
      await stage.files({ ".venv/pyvenv.cfg": "home = /opt/python3.9/bin\n" }, null);
      return withLanguage(stage, { "--language": "python" }, "src/pricing.py");
    },
  },
  {
    name: "test command not installed",
    cause: "the program of --test-command, prove6, is not installed",
    evidence: [/prove6/u],
    async inject(stage) {
      await stage.example("perl-slug");
      const flags = { "--language": "perl", "--test-command": "prove6 {file}" };
      return withLanguage(stage, flags, "Slug.pm");
    },
  },
  {
    name: "key refused beside a red suite",
    cause: "the provider does not take the key; that the existing test is red did not end the run",
    evidence: [/\bkeys?\b|401|unauthori[sz]ed/iu],
    async inject(stage) {
      await stage.files(
        {
          "test/a.test.js": `require("node:test").test("no", () => { throw new Error("red"); });\n`,
        },
        null,
      );
      return ask(stage, { keys: ["sk-other"] });
    },
  },
  {
    name: "filter holds answers back",
    cause: "the model refuses, or a filter of the provider holds its answers back",
    evidence: [/refus|filter|held/iu],
    inject: (stage) => ask(stage, { faults: [{ fault: "refusal" }] }),
  },
];

async function ask(
  stage: Stage,
  script: unknown,
  flags: Readonly<Record<string, string>> = {},
): Promise<Injected> {
  await stage.example("text-toolkit");
  const env = await withModel(stage, script);
  return small(stage, { ...ONLY_MODEL, ...flags }, { env });
}

async function withLanguage(
  stage: Stage,
  flags: Readonly<Record<string, string>>,
  target: string,
): Promise<Injected> {
  const env = await withModel(stage, { answers: [{ text: PROSE }] });
  return small(stage, { "--provider": "local", ...flags }, { env }, [target]);
}

function toAnswer(from: string): string {
  const lines = [
    `const assert = require("node:assert/strict");`,
    `const { test } = require("node:test");`,
    `const { slugify } = require("${from}");`,
    `test("slugs", () => { assert.equal(slugify("A b"), "A_B"); });`,
  ];
  return `Here:\n\`\`\`js\n${lines.join("\n")}\n\`\`\``;
}

/** A port that nobody listens at: one that was taken until a moment ago. */
async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  return port;
}
