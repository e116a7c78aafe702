import { expect, test } from "vitest";
import type { Plan } from "../../../src/app/generate/plan.ts";
import { pinRequest, readBudget, readRequest } from "../../../src/app/generate/stored-request.ts";
import type { RunRecord } from "../../../src/contract/run-record.ts";

const SETTINGS = {
  engine: "search",
  maxTimeMs: 180_000,
  maxExecutions: null,
  seed: 3,
  workers: 2,
  baseline: "none",
  sandbox: "namespace",
  reruns: 10,
  maxIterations: 2,
  include: ["src/a.js"],
  exclude: ["src/b.js"],
};

test("a run keeps every setting that a profile or a file gave it", () => {
  const { engine } = SETTINGS;
  const plan = {
    settings: SETTINGS,
    engine,
    runner: "node",
    language: null,
    outFolder: "/p/test/regoose",
  };
  const request = { targets: ["."], code: null, cwd: "/p", flags: { profile: "ci" } };
  const pinned = JSON.parse(JSON.stringify(pinRequest(request, plan as unknown as Plan))) as object;
  const records = [{ name: "run-start", data: { request: pinned } }] as unknown as RunRecord[];
  const { flags } = readRequest("r", records);
  const settings = { ...SETTINGS, maxExecutions: undefined };
  expect(flags).toEqual({ ...settings, framework: "node", out: "/p/test/regoose" });
});

test("a run says who proposed, and never whom to ask", () => {
  const plan = {
    settings: SETTINGS,
    engine: "auto",
    runner: "node",
    language: null,
    outFolder: "/p/test/regoose",
  };
  const models = { provider: "acme", baseUrl: "http://127.0.0.1:1/v1", budgetUsd: 0.5 };
  const request = { targets: ["."], code: null, cwd: "/p", flags: {}, models };
  const text = JSON.stringify(pinRequest(request, plan as unknown as Plan));
  expect(JSON.parse(text)).toMatchObject({ flags: { engine: "auto" } });
  expect(text).not.toContain("127.0.0.1");
  expect(text).not.toContain("acme");
  // How much was to be spent is kept: a resume that types nothing is held to it.
  const start = { name: "run-start", data: { request: JSON.parse(text) as object } };
  expect(readBudget([start as unknown as RunRecord])).toEqual({ budgetUsd: 0.5 });
});
