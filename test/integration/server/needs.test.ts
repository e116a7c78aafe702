import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { DoctorCheck } from "../../../src/app/check.ts";
import { checkNeeds } from "../../../src/app/serve/check-needs.ts";
import { readEnvironment } from "../../../src/config/environment.ts";
import { loadConfig } from "../../../src/config/load-config.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";
import { startServer } from "../../../src/server/start-server.ts";

const clock = createSystemClock();
let home = "";

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "regoose-needs-"));
  await mkdir(join(home, "regoose"));
  vi.stubEnv("HOME", home);
  vi.stubEnv("XDG_CONFIG_HOME", home);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

const MACHINE: readonly DoctorCheck[] = [
  { name: "sandbox namespace (bubblewrap)", status: "ok", detail: "", fix: null },
];

async function look(
  settings: object,
  {
    machine = MACHINE,
    isOnline = false,
  }: { machine?: readonly DoctorCheck[]; isOnline?: boolean } = {},
): Promise<ReadonlyMap<string, DoctorCheck>> {
  await writeFile(join(home, "regoose", "config.yaml"), JSON.stringify(settings));
  const environment = readEnvironment();
  const loaded = await loadConfig({ root: home, environment, flags: {} });
  const checks = await checkNeeds({ clock }, loaded, { environment, machine, isOnline });
  return new Map(checks.map((check) => [check.name, check]));
}

describe("what a configuration needs", () => {
  test("is a secret that is there and looks like a key", async () => {
    vi.stubEnv("REGOOSE_TEST_KEY", "not-a-key");
    const key = join(home, "key");
    const ran = join(home, "ran");
    const found = await look({
      providers: {
        openai: { apiKey: "env:REGOOSE_TEST_KEY", moreKeys: [`file:${key}`] },
        anthropic: { apiKey: `cmd:touch ${ran}; echo sk-ant-from-a-command` },
      },
    });
    expect(found.get("providers.openai.apiKey")).toMatchObject({
      status: "warning",
      detail: expect.stringContaining("begin with sk-") as string,
    });
    expect(found.get("providers.openai.moreKeys[0]")).toMatchObject({ status: "problem" });
    expect(found.get("providers.anthropic.apiKey")?.detail).toContain("a command, not run");
    expect(JSON.stringify([...found])).not.toContain("not-a-key");
  });

  test("is a sandbox of the level that is wanted", async () => {
    const lost = [{ ...MACHINE[0]!, status: "warning" as const }];
    const level = async (sandbox: string, machine: readonly DoctorCheck[]): Promise<unknown> =>
      (await look({ sandbox }, { machine })).get("sandbox level")?.status;
    expect(await level("namespace", MACHINE)).toBe("ok");
    expect(await level("namespace", lost)).toBe("problem");
    expect(await level("auto", lost)).toBe("ok");
  });

  test("is an address that answers, where that is asked for, and a command that gives a key", async () => {
    let asked = 0;
    const provider = createServer((_request, response) => {
      asked += 1;
      response.end();
    });
    await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void provider.close());
    const url = `http://127.0.0.1:${String((provider.address() as AddressInfo).port)}`;
    const settings = {
      providers: { mine: { baseUrl: url, model: "m", apiKey: "cmd:exit 3" } },
    };
    expect((await look(settings)).has("providers.mine.baseUrl")).toBe(false);
    expect(asked).toBe(0);
    const found = await look(settings, { isOnline: true });
    expect(found.get("providers.mine.baseUrl")).toMatchObject({ status: "ok" });
    expect(asked).toBeGreaterThan(0);
    expect(found.get("providers.mine.apiKey")).toMatchObject({ status: "problem" });
  });
});

test("a server tells at its start what it lacks, does its work all the same, and heals by itself", async () => {
  const key = join(home, "key");
  const text = `providers: { openai: { apiKey: 'file:${key}' } }\n`;
  await writeFile(join(home, "regoose", "config.yaml"), text);
  const notices: string[] = [];
  let skippedMs = 0;
  const monotonic = (): number => clock.monotonic() + skippedMs;
  const server = await startServer(
    { ...clock, monotonic },
    {
      cwd: home,
      flags: { state: join(home, "state") },
      onNotice: (line) => notices.push(line),
    },
  );
  onTestFinished(() => server.stop());
  await server.recovered;
  const ask = async (path: string): Promise<readonly [number, Record<string, unknown>]> => {
    const headers = { authorization: `Bearer ${server.token.reveal()}` };
    const response = await fetch(`${server.url}${path}`, { headers });
    return [response.status, (await response.json()) as Record<string, unknown>];
  };
  expect(notices.join("\n")).toContain("not ready: providers.openai.apiKey");
  for (const path of ["/startupz", "/readyz"])
    expect(await ask(path)).toEqual([503, { status: "unmet" }]);
  const [status, health] = await ask("/health");
  expect(status).toBe(503);
  expect(health["checks"]).toContainEqual(
    expect.objectContaining({ name: "providers.openai.apiKey", status: "problem" }),
  );
  // It takes runs: those of the search need no key. This one names no project.
  expect((await ask("/api/v1/runs"))[0]).toBe(200);

  await writeFile(key, "sk-0123456789abcdef");
  skippedMs = 31_000;
  await expect.poll(async () => (await ask("/readyz"))[0], { timeout: 60_000 }).toBe(200);
  expect(await ask("/startupz")).toEqual([200, { status: "taking" }]);
});
