import { describe, expect, test } from "vitest";
import type { StoredSpan } from "../../../src/contract/trace.ts";
import { RegooseError } from "../../../src/kernel/errors.ts";
import { createFakeClock } from "../../../src/testing/fake-clock.ts";
import { toRunIds } from "../../../src/telemetry/ids.ts";
import { buildTree, checkTrace, mergeSpans } from "../../../src/telemetry/tracing/trace-tree.ts";
import { createTracer, type Tracer } from "../../../src/telemetry/tracing/tracer.ts";

const RUN = "20261127-000000-abcdef";

function aTracer(options: { readonly maxSpans?: number } = {}): {
  readonly tracer: Tracer;
  readonly lines: StoredSpan[];
  readonly dropped: () => number;
} {
  const lines: StoredSpan[] = [];
  let dropped = 0;
  const tracer = createTracer(
    {
      clock: createFakeClock(),
      sink: { open: (span) => lines.push(span), ended: (span) => lines.push(span) },
      redact: (text) => text.replaceAll("canary", "[redacted]"),
      onDropped: () => (dropped += 1),
    },
    { ...toRunIds(RUN), rootName: "run", rootAttributes: {}, ...options },
  );
  return { tracer, lines, dropped: () => dropped };
}

const step = (name: string, attempt = 1): Record<string, string | number> => ({
  "regoose.action": name,
  "regoose.step": name,
  "regoose.attempt": attempt,
});

describe("tracer", () => {
  test("nests what is begun within a span, side by side too", async () => {
    const { tracer, lines } = aTracer();
    await tracer.span("process", {}, () =>
      Promise.all(
        ["a", "b"].map((name) =>
          tracer.span(name, {}, async () => {
            await Promise.resolve();
            tracer.start(`${name}-child`, {}).end();
          }),
        ),
      ),
    );
    tracer.close();
    const tree = buildTree(mergeSpans(lines));
    expect(tree?.children[0]?.children.map((one) => [one.name, one.children[0]?.name])).toEqual([
      ["a", "a-child"],
      ["b", "b-child"],
    ]);
    expect(checkTrace(RUN, lines, [])).toEqual([]);
  });

  test("writes no line before that of its parent, so that a cut file hangs together", async () => {
    const { tracer, lines } = aTracer();
    await tracer.span("process", {}, async () => {
      await tracer.span("action x", step("x"), () => {
        tracer.start("leaf", {}).end();
        return Promise.resolve();
      });
      await tracer.span("action y", step("y"), () => tracer.span("z", {}, () => Promise.resolve()));
    });
    tracer.close();
    for (let length = 1; length <= lines.length; length += 1) {
      const cut = lines.slice(0, length);
      expect(checkTrace(RUN, cut, [], { mayBeCut: true })).toEqual([]);
    }
  });

  test("keeps what a failure was, in the span and up to the root", async () => {
    const { tracer, lines } = aTracer();
    const failure = new RegooseError("RGS-9001", "it broke: canary", {});
    const work = tracer.span("process", {}, () => Promise.reject(failure));
    await expect(work).rejects.toBe(failure);
    tracer.close();
    const process = lines.findLast((line) => line.name === "process");
    expect(process).toMatchObject({
      status: "error",
      attributes: { "error.type": "RGS-9001", "error.message": "it broke: [redacted]" },
    });
    expect(lines.at(-1)).toMatchObject({ name: "run", status: "error", parentId: null });
  });

  test("ends what is still open, and says that it was cut", () => {
    const { tracer, lines } = aTracer();
    const span = tracer.start("left alone", {});
    tracer.close();
    span.end();
    span.set({ late: true });
    expect(lines.filter((line) => line.name === "left alone")).toHaveLength(1);
    expect(lines[1]).toMatchObject({ status: "error", attributes: { "regoose.cut": true } });
  });

  test("leaves spans out beyond its limit, but no Action, and hangs their children higher", async () => {
    const { tracer, lines, dropped } = aTracer({ maxSpans: 3 });
    await tracer.span("process", {}, async () => {
      for (let count = 0; count < 5; count += 1)
        await tracer.span("many", {}, () =>
          tracer.span(`action ${count}`, step(`s${count}`), () => Promise.resolve()),
        );
    });
    tracer.close();
    expect(dropped()).toBe(4);
    expect(mergeSpans(lines).filter((span) => span.name.startsWith("action"))).toHaveLength(5);
    expect(lines.at(-1)?.attributes).toMatchObject({ "regoose.spans_dropped": 4 });
    expect(checkTrace(RUN, lines, [])).toEqual([]);
  });

  test("cuts what is too long, after secrets are out of it", () => {
    const { tracer, lines } = aTracer();
    const span = tracer.start("n".repeat(500), { text: `${"x".repeat(397)}canary` });
    for (let count = 0; count < 100; count += 1) {
      span.event(`event ${count}`);
      span.set({ [`key ${count}`]: count });
    }
    span.end();
    const stored = lines.at(-1);
    expect(stored?.name).toHaveLength(121);
    expect(stored?.attributes["text"]).not.toContain("can");
    expect(Object.keys(stored?.attributes ?? {})).toHaveLength(32);
    expect(stored?.events).toHaveLength(40);
  });

  test("tells log lines where they are written, and names the trace as W3C does", async () => {
    const { tracer } = aTracer();
    const { traceId, rootId } = toRunIds(RUN);
    expect(tracer.correlation()).toEqual({ traceId, spanId: rootId, action: null, attempt: null });
    await tracer.span("action x", step("x", 2), (span) =>
      tracer.span("inner", {}, (inner) => {
        const { action, attempt, spanId } = tracer.correlation();
        expect([action, attempt]).toEqual(["x", 2]);
        expect(inner.traceparent).toBe(`00-${traceId}-${spanId}-01`);
        expect(span.traceparent).not.toBe(inner.traceparent);
        return Promise.resolve();
      }),
    );
  });
});
