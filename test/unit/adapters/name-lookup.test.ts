import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { LookupAddress, LookupOptions } from "node:dns";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createNameLookup, type NameLookup } from "../../../src/adapters/network/name-lookup.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";

const clock = createSystemClock();
const PRELOAD = join(import.meta.dirname, "../../e2e/support/without-dns.ts");

interface Answer {
  readonly failure: NodeJS.ErrnoException | null;
  readonly addresses: string | readonly LookupAddress[];
}

const ask = (names: NameLookup, name: string, options: LookupOptions = {}): Promise<Answer> =>
  new Promise((resolve) => {
    names.lookup(name, options, (failure, addresses) => {
      resolve({ failure, addresses });
    });
  });

describe("names are looked up", () => {
  let folder: string;
  const listAsked = (): readonly string[] =>
    readFileSync(join(folder, "asked"), "utf8").split("\n").filter(Boolean);
  /** For the processes that look names up; this one is as it was. */
  const break_ = (fault: "failing" | "silent"): void => {
    vi.stubEnv("NODE_OPTIONS", `--import ${PRELOAD}`);
    vi.stubEnv("DNS_FAULT", fault);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "regoose-names-"));
    writeFileSync(join(folder, "asked"), "");
    spawnSync("mkfifo", [join(folder, "pipe")]);
    vi.stubEnv("DNS_ASKED", join(folder, "asked"));
    vi.stubEnv("DNS_PIPE", join(folder, "pipe"));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  test("that of this machine without another process", async () => {
    break_("failing");
    using names = createNameLookup({ clock });
    const { failure, addresses } = await ask(names, "localhost", { family: 4 });
    expect([failure, addresses]).toEqual([null, "127.0.0.1"]);
    const { addresses: all } = await ask(names, "localhost", { family: 4, all: true });
    expect(all).toEqual([{ address: "127.0.0.1", family: 4 }]);
  });

  test("an address for what it is, by a process", async () => {
    using names = createNameLookup({ clock });
    expect(await ask(names, "127.0.0.1", { all: true })).toEqual({
      failure: null,
      addresses: [{ address: "127.0.0.1", family: 4 }],
    });
    expect((await ask(names, "127.0.0.1", { family: 6 })).failure).toMatchObject({
      code: "ENOTFOUND",
      message: "getaddrinfo ENOTFOUND 127.0.0.1",
    });
  });

  test("and one that is not found is named, once for all who ask at a time", async () => {
    break_("failing");
    using names = createNameLookup({ clock });
    const all = await Promise.all([1, 2, 3].map(() => ask(names, "models.example")));
    for (const { failure } of all)
      expect(failure).toMatchObject({ code: "EAI_AGAIN", hostname: "models.example" });
    expect(listAsked()).toEqual(["models.example"]);
  });

  test("for a bounded time where the resolver is silent, and no thread of ours waits", async () => {
    break_("silent");
    using names = createNameLookup({ clock }, { limitMs: 1_500 });
    const many = Array.from({ length: 8 }, (_none, index) =>
      ask(names, `n${String(index)}.example`),
    );
    // Four lookups in this process would leave no thread for files.
    expect(await readFile(PRELOAD, "utf8")).toContain("silent");
    for (const { failure } of await Promise.all(many))
      expect(failure).toMatchObject({ code: "EAI_AGAIN" });
  });

  test("until nobody wants them any more", async () => {
    break_("silent");
    const names = createNameLookup({ clock }, { limitMs: 600_000 });
    const waiting = ask(names, "models.example");
    await expect.poll(listAsked, { timeout: 60_000 }).toHaveLength(1);
    names[Symbol.dispose]();
    expect((await waiting).failure).toMatchObject({ code: "EAI_AGAIN" });
    expect((await ask(names, "models.example")).failure).toMatchObject({ code: "ECANCELLED" });
  });
});
