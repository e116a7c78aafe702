import { describe, expect, test } from "vitest";
import { createSession } from "../../../../../src/adapters/runner/harness/session.ts";
import { reportNodeTests } from "../../../../../src/adapters/runner/node/node-reporter.ts";
import type { HarnessLine } from "../../../../../src/contract/harness.ts";
import { aConfig, createFakeNode } from "../harness/fake-node.ts";

type TestEvent =
  Parameters<typeof reportNodeTests>[0] extends AsyncIterable<infer One> ? One : never;
type Data = TestEvent["data"];

const anEvent = (type: string, name: string, data: Partial<Data> = {}): TestEvent => ({
  type,
  data: { name, nesting: 0, ...data },
});

async function report(
  ...events: readonly TestEvent[]
): Promise<{ lines: readonly HarnessLine[]; blamed: readonly unknown[] }> {
  const fake = createFakeNode();
  const session = createSession(fake.node, aConfig({ files: ["a.test.js", "b.test.js"] }), {
    Date,
  });
  const blamed: unknown[] = [];
  await reportNodeTests(
    (async function* () {
      yield* await Promise.resolve(events);
    })(),
    session,
    (thrown) => blamed.push(thrown),
  );
  return { lines: fake.lines(), blamed };
}

describe("events of node:test", () => {
  test("become lines, with the titles around a test and the file that its mark names", async () => {
    const cause = new RangeError("far");
    const { lines, blamed } = await report(
      anEvent("test:enqueue", "ignored"),
      anEvent("test:start", "«file 1» group"),
      anEvent("test:start", "adds", { nesting: 1 }),
      anEvent("test:pass", "adds", { nesting: 1, details: { duration_ms: 2 } }),
      anEvent("test:start", "fails", { nesting: 1 }),
      anEvent("test:fail", "fails", { nesting: 1, details: { duration_ms: 3, error: { cause } } }),
      anEvent("test:fail", "«file 1» group", {
        details: { type: "suite", duration_ms: 5, error: { failureType: "subtestsFailed" } },
      }),
    );
    expect(lines).toMatchObject([
      {
        type: "test",
        file: "b.test.js",
        fullTitle: "group > adds",
        status: "passed",
        durationMs: 2,
      },
      {
        file: "b.test.js",
        fullTitle: "group > fails",
        status: "failed",
        failure: { name: "RangeError", message: "far" },
      },
      { type: "end" },
    ]);
    expect(blamed).toContain(cause);
  });

  test("tell skipped and planned tests, and a cause that is no object", async () => {
    const { lines } = await report(
      anEvent("test:pass", "skipped", { skip: "why" }),
      anEvent("test:pass", "planned", { todo: true }),
      anEvent("test:pass", "plain", { skip: false }),
      anEvent("test:fail", "odd", { details: { duration_ms: 1, error: { cause: "text" } } }),
      anEvent("test:fail", "bare", { details: { duration_ms: 1, error: { failureType: "x" } } }),
    );
    expect(lines).toMatchObject([
      { file: "a.test.js", fullTitle: "skipped", status: "skipped", durationMs: 0 },
      { fullTitle: "planned", status: "skipped" },
      { fullTitle: "plain", status: "passed" },
      { fullTitle: "odd", failure: { message: "string: text" } },
      { fullTitle: "bare", failure: { name: "Error" } },
      { type: "end" },
    ]);
  });

  test("of a suite that fails by itself are a file that could not be loaded", async () => {
    const error = { failureType: "testCodeFailure", cause: new Error("in describe") };
    const { lines } = await report(
      anEvent("test:fail", "group", { details: { type: "suite", duration_ms: 1, error } }),
      anEvent("test:pass", "fine", { details: { type: "suite", duration_ms: 1 } }),
    );
    expect(lines[0]).toMatchObject({ type: "load-failure", file: "a.test.js" });
  });
});
