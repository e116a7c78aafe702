import { execFileSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseReference, splitCommand } from "../../../src/config/secrets/reference.ts";
import {
  resolveSecret,
  type ResolveSecretDeps,
  type SecretCommandEnd,
} from "../../../src/config/secrets/resolve-secret.ts";
import type { Secret } from "../../../src/kernel/secret.ts";
import { aConfigHome, failureOf } from "./support/home.ts";

interface World extends Partial<ResolveSecretDeps> {
  readonly variables?: Readonly<Record<string, string>>;
  readonly end?: SecretCommandEnd;
}

function resolve(text: string, world: World = {}): Promise<Secret> {
  const parsed = parseReference(text);
  if (parsed.kind !== "reference") throw new Error(parsed.problem);
  const deps: ResolveSecretDeps = {
    homeFolder: world.homeFolder ?? "/nowhere",
    readVariable: (name) => world.variables?.[name] ?? null,
    runCommand: () => Promise.resolve(world.end ?? { kind: "ended", exitCode: 0, output: "" }),
  };
  const { signal } = new AbortController();
  return resolveSecret(
    deps,
    { key: "providers.x.apiKey", reference: parsed.reference },
    { signal },
  );
}

describe("command lines", () => {
  test.each([
    ["pass show openai", ["pass", "show", "openai"]],
    ["  a\t b ", ["a", "b"]],
    ["sh -c 'a | b \"c\"'", ["sh", "-c", 'a | b "c"']],
    ['x "a \\"b\\" \\n"', ["x", 'a "b" \\n']],
    ["a\\ b c''d", ["a b", "cd"]],
    ["a '' b", ["a", "", "b"]],
    ["echo $HOME;ls", ["echo", "$HOME;ls"]],
  ])("are split: %j", (line, words) => {
    expect(splitCommand(line)).toEqual(words);
  });

  test.each(["", "  ", "a 'b", 'a "b', "a \\", "'' a", "a\0b"])("are refused: %j", (line) => {
    expect(splitCommand(line)).toBeNull();
  });
});

describe("secrets", () => {
  test("come from a variable", async () => {
    const secret = await resolve("env:KEY", { variables: { KEY: " sk-1\n" } });
    expect([secret.reveal(), String(secret)]).toEqual(["sk-1", "[redacted]"]);
    const error = await failureOf(resolve("env:KEY"));
    expect([error.code, error.message]).toEqual([
      "RGS-2005",
      "providers.x.apiKey: the variable KEY is not set",
    ]);
  });

  test("come from a file", async () => {
    await using home = await aConfigHome();
    const { folder: homeFolder } = home;
    await writeFile(join(homeFolder, "key"), "sk-2\n");
    expect((await resolve("file:~/key", { homeFolder })).reveal()).toBe("sk-2");
    const why = async (text: string): Promise<string> =>
      (await failureOf(resolve(text, { homeFolder }))).message;
    expect(await why("file:~/none")).toContain("is not there");
    expect(await why("file:~/project")).toContain("is not a regular file");
    await writeFile(join(homeFolder, "big"), "x".repeat(70_000));
    expect(await why("file:~/big")).toContain("larger than a key");
    await writeFile(join(homeFolder, "empty"), "\n");
    expect(await why("file:~/empty")).toContain("is empty");
    await writeFile(join(homeFolder, "lines"), "canary\r\nx-evil: 1\n");
    const lines = await why("file:~/lines");
    expect(lines).toContain("more than one line");
    expect(lines).not.toContain("canary");
    execFileSync("mkfifo", [join(homeFolder, "pipe")]);
    expect(await why("file:~/pipe")).toContain("is not a regular file");
  });

  test("are read anew each time, so that one that was rotated is the new one", async () => {
    await using home = await aConfigHome();
    const { folder: homeFolder } = home;
    for (const key of ["sk-old", "sk-new"]) {
      await writeFile(join(homeFolder, "key"), `${key}\n`);
      expect((await resolve("file:~/key", { homeFolder })).reveal()).toBe(key);
    }
    await rm(join(homeFolder, "key"));
    const error = await failureOf(resolve("file:~/key", { homeFolder }));
    expect(error.code).toBe("RGS-2005");
  });

  test.each<[SecretCommandEnd, string]>([
    [{ kind: "ended", exitCode: 3, output: "canary" }, "command pass ended with 3"],
    [{ kind: "ended", exitCode: null, output: "canary" }, "command pass ended with a signal"],
    [{ kind: "not-started", why: "ENOENT" }, "command pass could not be started (ENOENT)"],
    [{ kind: "timed-out", afterMs: 15_000 }, "command pass took longer than 15 s"],
    [{ kind: "too-much" }, "command pass printed more than a key can be"],
    [{ kind: "ended", exitCode: 0, output: " \n" }, "command pass is empty"],
  ])("do not come from a command that ended as %j", async (end, why) => {
    const error = await failureOf(resolve("cmd:/usr/bin/pass show canary-argument", { end }));
    expect(error.message).toBe(`providers.x.apiKey: ${why}`);
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain("canary");
  });

  test("come from a command", async () => {
    const end = { kind: "ended", exitCode: 0, output: "sk-3\n" } as const;
    expect((await resolve("cmd:pass show x", { end })).reveal()).toBe("sk-3");
  });
});
