import { lookup } from "node:dns";
import { createServer, type Server } from "node:http";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  anIllCollector,
  COLLECTOR_FAULTS,
  type CollectorFault,
} from "../../e2e/support/collector.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { toRunIds } from "../../../src/telemetry/ids.ts";
import {
  openTelemetry,
  type LiveTelemetry,
  type CollectorOptions,
  type TelemetryOptions,
} from "../../../src/telemetry/open-telemetry.ts";
import { checkTrace, parseTrace } from "../../../src/telemetry/tracing/trace-tree.ts";

const RUN = "20261127-000000-abcdef";
const SECRET = "hunter2-hunter2";
const clock = createSystemClock();

let folder = "";
let stderr = "";
const kept = new Map<string, string>();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "regoose-telemetry-"));
  stderr = "";
  kept.clear();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function open(options: Partial<TelemetryOptions> = {}): Promise<LiveTelemetry> {
  return openTelemetry(
    {
      clock,
      writeStderr: (text) => (stderr += text),
      keepFile: (name, content) => Promise.resolve(void kept.set(name, content)),
      lookup,
    },
    {
      version: "1.2.3",
      runId: RUN,
      folder,
      levels: "",
      toStderr: false,
      collector: null,
      secrets: [SECRET],
      ...options,
    },
  );
}

const work = (telemetry: LiveTelemetry): Promise<void> =>
  telemetry.span("process", {}, () =>
    telemetry.span(
      "action x",
      { "regoose.action": "prepare-project", "regoose.step": "x", "regoose.attempt": 3 },
      () => {
        telemetry.logger("search").info(`found ${SECRET}`, { detail: { value: SECRET } });
        telemetry.logger("gate").debug("not shown");
        telemetry.observe("regoose_test_run_duration_seconds", { mode: "plain" }, 1.5);
        telemetry.start("leaf", { text: SECRET }).end();
        return Promise.resolve();
      },
    ),
  );

const readLog = async (): Promise<readonly Record<string, unknown>[]> =>
  (await readFile(join(folder, "log.ndjson"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("telemetry of a run", () => {
  test("correlates every log line with run, Action, attempt and span", async () => {
    const telemetry = await open();
    await work(telemetry);
    telemetry.logger("run").warn("outside");
    await telemetry[Symbol.asyncDispose]();
    const spans = parseTrace(await readFile(join(folder, "trace.ndjson"), "utf8"));
    const action = spans.find(({ name }) => name === "action x");
    const base = { run_id: RUN, agent_id: "local", trace_id: toRunIds(RUN).traceId };
    expect(await readLog()).toMatchObject([
      {
        ...base,
        level: "info",
        component: "search",
        action: "prepare-project",
        attempt: 3,
        span_id: action?.spanId,
        msg: "found [redacted]",
        detail: { value: "[redacted]" },
      },
      { ...base, level: "warn", component: "run", action: null, span_id: toRunIds(RUN).rootId },
    ]);
    expect(checkTrace(RUN, spans, [])).toEqual([]);
    expect(kept.get("metrics.prom")).toContain(`trace_id="${toRunIds(RUN).traceId}"`);
  });

  test("lets no secret through any of its doors", async () => {
    const telemetry = await open({ toStderr: true });
    telemetry.registerSecret("found-while-running");
    await telemetry
      .span("x", {}, () => Promise.reject(new Error(`bad ${SECRET} found-while-running`)))
      .catch((failure: unknown) => {
        telemetry.logger("run").error("it failed", { error: String(failure) });
      });
    await telemetry[Symbol.asyncDispose]();
    const files = await Promise.all(
      ["log.ndjson", "trace.ndjson"].map((name) => readFile(join(folder, name), "utf8")),
    );
    const all = [...files, ...kept.values(), stderr].join("\n");
    expect(all).toContain("[redacted]");
    expect(all).not.toContain(SECRET);
    expect(all).not.toContain("found-while-running");
  });

  test("changes levels while running, and names what it does not understand", async () => {
    const telemetry = await open({ levels: "silent,nobody=debug" });
    const log = telemetry.logger("gate");
    log.error("1");
    expect(telemetry.setLevels("gate=debug")).toEqual([]);
    log.debug("2");
    expect(telemetry.setLevels("error")).toEqual([]);
    log.warn("3");
    log.error("4");
    expect(telemetry.setLevels("what")).toHaveLength(1);
    await telemetry[Symbol.asyncDispose]();
    expect((await readLog()).map(({ msg }) => msg)).toEqual(["2", "4"]);
  });

  test("writes to stderr where it was asked to, and keeps no files without a folder", async () => {
    const telemetry = await open({ toStderr: true, folder: null });
    await work(telemetry);
    await telemetry[Symbol.asyncDispose]();
    expect(JSON.parse(stderr)).toMatchObject({ msg: "found [redacted]" });
  });

  test("survives a disk that takes nothing", async () => {
    const telemetry = await openTelemetry(
      {
        clock,
        writeStderr: () => undefined,
        keepFile: () => Promise.reject(new Error("ENOSPC")),
        lookup,
      },
      {
        version: "1",
        runId: RUN,
        folder: join(folder, "gone"),
        levels: "",
        toStderr: false,
        collector: null,
        secrets: [],
      },
    );
    await work(telemetry);
    await telemetry[Symbol.asyncDispose]();
  });
});

const aCollectorAt = (endpoint: string): CollectorOptions => ({
  ...{ endpoint, authorities: null, certificate: null, key: null },
});

describe("export to a collector", () => {
  test("sends each span once over OTLP/HTTP, as one tree", async () => {
    const bodies: string[] = [];
    await using collector = await aCollector((body) => void bodies.push(body));
    const telemetry = await open({ collector: aCollectorAt(`${collector.url}/`) });
    await work(telemetry);
    await telemetry[Symbol.asyncDispose]();
    const spans = bodies.flatMap((body) => toOtlpSpans(body));
    expect(spans.map(({ name }) => name).sort()).toEqual(["action x", "leaf", "process", "run"]);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(spans.filter(({ parentSpanId }) => !ids.has(parentSpanId ?? ""))).toMatchObject([
      { name: "run", traceId: toRunIds(RUN).traceId },
    ]);
    expect(bodies.join("")).not.toContain(SECRET);
    expect(kept.get("metrics.prom")).toContain('dropped_total{signal="otlp"} 0');
  });

  test("counts what did not arrive, and holds nobody up", async () => {
    const started = clock.monotonic();
    const telemetry = await open({ collector: aCollectorAt("http://127.0.0.1:9") });
    await work(telemetry);
    await telemetry[Symbol.asyncDispose]();
    expect(clock.monotonic() - started).toBeLessThan(15_000);
    expect(kept.get("metrics.prom")).toContain('dropped_total{signal="otlp"} 4');
  });

  test.each(Object.keys(COLLECTOR_FAULTS) as CollectorFault[])(
    "gives a collector up that is %s, and nothing of it goes on",
    async (fault) => {
      const started = clock.monotonic();
      await using collector = await anIllCollector(fault);
      const telemetry = await open({ collector: aCollectorAt(collector.url) });
      await work(telemetry);
      await telemetry[Symbol.asyncDispose]();
      expect(clock.monotonic() - started).toBeLessThan(30_000);
      expect(collector.requests()).toBeGreaterThan(0);
      expect(kept.get("metrics.prom")).toContain('dropped_total{signal="otlp"} 4');
      await expect.poll(() => collector.connections(), { timeout: 20_000 }).toBe(0);
    },
  );

  test.each([
    ["an address that is none", aCollectorAt("not an address")],
    ["a certificate that is not there", { ...aCollectorAt("https://127.0.0.1:9"), key: "/gone" }],
  ])("goes on without %s, and says so", async (_what, collector) => {
    const telemetry = await open({ collector });
    await work(telemetry);
    await telemetry[Symbol.asyncDispose]();
    expect(kept.get("metrics.prom")).toContain('dropped_total{signal="otlp"} 4');
    expect((await readLog())[0]).toMatchObject({
      level: "warn",
      component: "telemetry",
      msg: expect.stringMatching(/^no spans are sent to /u) as string,
    });
  });
});

interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

function toOtlpSpans(body: string): readonly OtlpSpan[] {
  const parsed = JSON.parse(body) as {
    readonly resourceSpans: readonly {
      readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
    }[];
  };
  return parsed.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

async function aCollector(
  onBody: (body: string) => void,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server: Server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      if (request.url === "/v1/traces") onBody(body);
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
