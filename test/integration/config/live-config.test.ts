import { mkdir, mkdtemp, readFile, rename, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { toConfigChecks, toNews } from "../../../src/app/serve/config-news.ts";
import { openHandOver } from "../../../src/app/serve/hand-over.ts";
import {
  type LiveConfig,
  type LiveEvent,
  openLiveConfig,
} from "../../../src/app/serve/live-config.ts";
import { readEnvironment } from "../../../src/config/environment.ts";
import { loadConfig } from "../../../src/config/load-config.ts";
import type { PartialServer } from "../../../src/config/server/server-keys.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";

const clock = createSystemClock();
let home = "";
let user = "";
let cwd = "";
let config: LiveConfig;
let events: LiveEvent[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "regoose-live-"));
  cwd = join(home, "where-it-was-started");
  user = join(home, "config", "regoose", "config.yaml");
  await mkdir(join(home, "config", "regoose"), { recursive: true });
  await mkdir(cwd);
  vi.stubEnv("HOME", home);
  vi.stubEnv("XDG_CONFIG_HOME", join(home, "config"));
});
afterEach(async () => {
  await config[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

async function open(text: string | null, flags: PartialServer = {}): Promise<void> {
  events = [];
  if (text !== null) await writeFile(user, text);
  config = await openLiveConfig({ clock }, { cwd, flags });
  config.follow((event) => events.push(event));
}

/** As editors do that never leave half a file behind. */
async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

const queue = (): number => config.kept.loaded.server.queue;
const poll = (work: () => unknown): ReturnType<typeof expect.poll> =>
  expect.poll(work, { timeout: 60_000, interval: 20 });
const kinds = (): readonly string[] => events.map(({ event }) => event.kind);
const check = (name: string) => toConfigChecks(config).find((one) => one.name === name);

describe("the configuration of a server", () => {
  test("follows files that are renamed into place, written over, made a link, or taken away", async () => {
    await open("server: { queue: 1 }\n");
    await replace(user, "server: { queue: 2 }\n");
    await poll(queue).toBe(2);
    await writeFile(user, "server: { queue: 3 }\n");
    await poll(queue).toBe(3);
    const dotfiles = join(home, "dotfiles.yaml");
    await writeFile(dotfiles, "server: { queue: 4 }\n");
    await unlink(user);
    await symlink(dotfiles, user);
    await poll(queue).toBe(4);
    await replace(dotfiles, "server: { queue: 5 }\n");
    await poll(queue).toBe(5);
    await unlink(user);
    await poll(queue).toBe(100);
    expect(events.at(-1)?.event).toMatchObject({ kind: "applied", gone: [expect.any(String)] });
    await rm(join(home, "config"), { recursive: true });
    await mkdir(join(home, "config", "regoose"), { recursive: true });
    await writeFile(user, "server: { queue: 6 }\n");
    await poll(queue).toBe(6);
  });

  test("keeps the last good one where there is a folder or nonsense in the place of the file", async () => {
    await open("server: { queue: 1 }\n");
    await unlink(user);
    await mkdir(user);
    await poll(kinds).toContain("refused");
    expect(check("configuration")).toMatchObject({
      status: "warning",
      detail: expect.stringContaining("not a regular file") as string,
    });
    await rm(user, { recursive: true });
    await writeFile(user, "server: { queue: [\n");
    await poll(() => check("configuration")?.detail).toContain("config.yaml:");
    expect(queue()).toBe(1);
    await replace(user, "server: { queue: 9 }\n");
    await poll(queue).toBe(9);
    expect(check("configuration")?.status).toBe("ok");
  });

  test("reports keys that wait for a restart and does not forget them, until they are as before", async () => {
    await open("server: { port: 4001, queue: 1 }\n");
    await replace(user, "server: { port: 4002, queue: 2 }\n");
    await poll(queue).toBe(2);
    expect(config.pending().map(({ path }) => path.join("."))).toEqual(["server.port"]);
    expect(check("configuration (restart)")).toMatchObject({
      status: "warning",
      detail: expect.stringContaining("server.port 4001 → 4002") as string,
    });
    await replace(user, "server: { port: 4002, queue: 3 }\n");
    await poll(queue).toBe(3);
    expect(config.pending()).toHaveLength(1);
    await replace(user, "server: { port: 4001, queue: 4 }\n");
    await poll(queue).toBe(4);
    expect([config.pending(), check("configuration (restart)")]).toEqual([[], undefined]);
  });

  test("holds what was typed whatever the files say", async () => {
    await open("server: { queue: 1 }\n", { queue: 77 });
    await replace(user, "server: { queue: 2, log: warn }\n");
    await poll(() => config.kept.loaded.server.log).toBe("warn");
    expect(queue()).toBe(77);
  });

  test("takes no key of the owner's from a project's file, and names what it ignored", async () => {
    await open("server: { queue: 1 }\n");
    await writeFile(join(cwd, "regoose.config.yaml"), "server: { queue: 9000 }\nseed: 5\n");
    await poll(() => config.kept.loaded.config.seed).toBe(5);
    expect(queue()).toBe(1);
    const news = toNews(config, events.at(-1)!);
    expect(news.data["ignored"]).toEqual([expect.stringContaining("server.queue counts only")]);
    expect(check("configuration")).toMatchObject({ status: "warning" });
    await replace(user, `server: { queue: 1 }\ntrustedProjects: ["${cwd}"]\n`);
    await poll(queue).toBe(9000);
  });

  test("refuses levels that are not understood and secrets that are not there, and shows none", async () => {
    await open("server: { log: info }\n");
    await replace(user, "server: { log: loud }\n");
    await poll(() => config.views()[0]?.keeper.refusal?.message).toContain('server.log: "loud"');
    const secret = join(home, "key");
    await replace(user, `providers: { openai: { apiKey: "file:${secret}" } }\n`);
    await poll(() => config.views()[0]?.keeper.refusal?.message).toContain(
      "providers.openai.apiKey",
    );
    await writeFile(secret, "sk-very-secret-0123456789\n");
    await poll(kinds).toContain("applied");
    const said = JSON.stringify(events.map((event) => toNews(config, event)));
    expect(said).toContain("[redacted]");
    expect(said).not.toContain("very-secret");
  });
});

describe("the configuration of a run", () => {
  let project = "";
  let file = "";
  beforeEach(async () => {
    project = join(home, "project");
    file = join(project, "regoose.config.yaml");
    await mkdir(project);
    await writeFile(join(project, "package.json"), "{}");
  });

  /** What a process that gets the handed configuration makes of it. */
  async function load(hand: Awaited<ReturnType<typeof openHandOver>>) {
    const handed = await hand("r000000002", project);
    const environment = readEnvironment({ HOME: home, ...handed.environment });
    try {
      const { config: values, isTrusted } = await loadConfig({
        root: project,
        environment,
        flags: {},
      });
      return { ...values, isTrusted };
    } finally {
      await handed[Symbol.asyncDispose]();
    }
  }

  test("is the one that counted when it began, and the last good one where a file is broken", async () => {
    await open("reruns: 7\n");
    await writeFile(file, "seed: 2\n");
    const folder = join(home, "state");
    const hand = await openHandOver(config, folder);
    const handed = await hand("r000000001", project);
    const environment = readEnvironment({ HOME: home, ...handed.environment });
    await replace(file, "seed: 3\n");
    await poll(async () => (await load(hand)).seed).toBe(3);
    const first = await loadConfig({ root: project, environment, flags: {} });
    expect(first.config).toMatchObject({ seed: 2, reruns: 7 });
    expect(first.origins.seed.text).toBe("regoose.config.yaml:1:1");
    await handed[Symbol.asyncDispose]();

    await replace(file, "sede: 4\n");
    await poll(() => check(`configuration of ${project}`)?.detail).toContain('unknown key "sede"');
    await replace(user, "reruns: nothing\n");
    await poll(() => check("configuration")?.status).toBe("warning");
    expect(await load(hand)).toMatchObject({ seed: 3, reruns: 7 });
    await replace(user, "reruns: 8\n");
    await poll(() => config.kept.loaded.config.reruns).toBe(8);
    await replace(file, "seed: 5\n");
    await poll(async () => {
      const { seed, reruns } = await load(hand);
      return [seed, reruns];
    }).toEqual([5, 8]);
  });

  test("is for the run to read where the project's file never was good, and its error is the run's", async () => {
    await open("reruns: 7\n");
    await writeFile(file, "sede: 4\n");
    const hand = await openHandOver(config, join(home, "state"));
    await expect(load(hand)).rejects.toMatchObject({ code: "RGS-2001" });
    await replace(file, "seed: 4\n");
    expect(await load(hand)).toMatchObject({ seed: 4, reruns: 7 });
  });

  test("is no more trusted than before", async () => {
    await open("reruns: 7\n");
    await writeFile(file, `trustedProjects: ["${project}"]\nsandbox: guarded\n`);
    const hand = await openHandOver(config, join(home, "state"));
    expect(await load(hand)).toMatchObject({ isTrusted: false, sandbox: "auto", reruns: 7 });
  });

  test("leaves nothing behind, of an earlier server either", async () => {
    await open(null);
    const folder = join(home, "state");
    await mkdir(folder);
    await writeFile(join(folder, "r000000009.json"), "old");
    const hand = await openHandOver(config, folder);
    const handed = await hand("r000000001", project);
    const path = Object.values(handed.environment)[0]!;
    expect(await readFile(path, "utf8")).toContain('"root"');
    await handed[Symbol.asyncDispose]();
    await expect(readFile(path)).rejects.toThrow("ENOENT");
    await expect(readFile(join(folder, "r000000009.json"))).rejects.toThrow("ENOENT");
  });
});
