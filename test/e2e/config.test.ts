import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { DiffData } from "../../src/app/config/diff-config.ts";
import type { ExplainData } from "../../src/app/config/explain-key.ts";
import type { MigrateData } from "../../src/app/config/migrate-config.ts";
import type { PrintConfigData } from "../../src/app/config/print-config.ts";
import type { ValidateData } from "../../src/app/config/validate-config.ts";
import { aProject, type CliResult, runCli, type Scratch, toEnvelope } from "./support/cli.ts";

const CANARY = "sk-canary-0123456789";
const PROJECT = [
  "# Settings of this project",
  "",
  "seed: 7 # lucky",
  "sandbox: guarded",
  "providers:",
  "  openai: { apiKey: 'cmd:touch hacked', model: small }",
  "profiles:",
  "  ci:",
  "    reruns: 12",
  "",
].join("\n");
const USER = [
  "workers: 2",
  "providers:",
  "  openai: { apiKey: 'file:~/key', headers: { x-team: canary-team } }",
  "",
].join("\n");

/** A project with a configuration, and a home with the user's own file and a key in it. */
async function aConfiguredProject(user: string = USER): Promise<Scratch> {
  return aProject({
    "index.js": "exports.one = () => 1;\n",
    "regoose.config.yaml": PROJECT,
    "home/.config/regoose/config.yaml": user,
    "home/key": `${CANARY}\n`,
  });
}

function config(
  { root }: Scratch,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  const home = { HOME: join(root, "home"), XDG_CONFIG_HOME: "" };
  return runCli(["config", ...args], { cwd: root, env: { ...home, ...env } });
}

describe("regoose config", () => {
  test("prints what counts, with origins, and no secret", async () => {
    await using project = await aConfiguredProject();
    const args = ["print", "--origin", "--profile", "ci", "--baseline", "none"];
    const { code, stdout, stderr } = await config(project, args, { REGOOSE_MAX_TIME: "90" });
    expect(code).toBe(0);
    expect(stdout.split("\n").map((line) => line.replaceAll(/ {2,}# /g, "  # "))).toEqual([
      "engine: auto  # default",
      "maxTime: 90s  # REGOOSE_MAX_TIME",
      "maxExecutions: null  # default",
      "seed: 7  # regoose.config.yaml:3:1",
      "workers: 2  # ~/.config/regoose/config.yaml:1:1",
      "framework: auto  # default",
      "language: null  # default",
      "testCommand: null  # default",
      "out: null  # default",
      "baseline: none  # --baseline",
      "sandbox: auto  # default",
      "reruns: 12  # profiles.ci in regoose.config.yaml:9:5",
      "maxIterations: 3  # default",
      "include: []  # default",
      "exclude: []  # default",
      "provider: auto  # default",
      "budgetUsd: null  # default",
      "budgetTokens: null  # default",
      "budgetUsdPerDay: null  # default",
      "budgetTokensPerDay: null  # default",
      "budgetUsdPerRepository: null  # default",
      "budgetTokensPerRepository: null  # default",
      "profile: ci  # --profile",
      "providers:",
      "  openai:",
      '    apiKey: "[redacted]"  # ~/.config/regoose/config.yaml:3:13',
      "    headers:",
      '      x-team: "[redacted]"  # ~/.config/regoose/config.yaml:3:46',
      "    model: small  # regoose.config.yaml:6:41",
      "server:",
      "  concurrency: null  # default",
      '  host: "127.0.0.1"  # default',
      "  log: info  # default",
      "  online: false  # default",
      "  port: 0  # default",
      "  queue: 100  # default",
      "  runLog: null  # default",
      "  state: null  # default",
      "  triggers: {}  # default",
      "",
    ]);
    expect(stderr).toContain("cannot lower the level");
    expect(stderr).toContain("providers.openai.apiKey counts only from your own file");
    const json = toEnvelope<PrintConfigData>(await config(project, ["print", "--json"]));
    expect(json).toMatchObject({ ok: true, data: { profile: null, trusted: false } });
    expect(json.data?.values?.find(({ key }) => key === "seed")).toEqual({
      key: "seed",
      value: 7,
      origin: {
        kind: "project",
        text: "regoose.config.yaml:3:1",
        file: "regoose.config.yaml",
        line: 3,
        column: 1,
      },
    });
    expect(JSON.stringify(json) + stdout + stderr).not.toContain("canary");
  });

  test("is what generate goes by, and a stranger's command never runs", async () => {
    await using project = await aConfiguredProject();
    const fast = "  fast: { maxExecutions: 40, reruns: 1, baseline: none, seed: 3 }\n";
    await writeFile(join(project.root, "regoose.config.yaml"), `${PROJECT}${fast}`);
    const env = { HOME: join(project.root, "home"), XDG_CONFIG_HOME: "" };
    const args = ["generate", "--json", "--profile", "fast", "--workers", "1", "index.js"];
    const { data } = toEnvelope(await runCli(args, { cwd: project.root, env }));
    expect(data?.seed).toBe(3);
    expect(data?.notes).toEqual(
      expect.arrayContaining([
        expect.stringContaining("cannot lower the level"),
        expect.stringContaining("providers.openai.apiKey counts only from your own file"),
      ]),
    );
    const written = await readdir(project.root, { recursive: true });
    expect(written.filter((path) => path.endsWith("hacked"))).toEqual([]);
    for (const path of written.filter((one) => /^\.regoose\/.*\.(?:json|ndjson)$/.test(one)))
      expect(await readFile(join(project.root, path), "utf8"), path).not.toContain("canary");
  });

  test("explains a key with everything that was overruled or ignored", async () => {
    await using project = await aConfiguredProject();
    const args = ["explain", "providers.openai.apiKey"];
    const { stdout } = await config(project, args);
    expect(stdout).toContain("REGOOSE_PROVIDERS_OPENAI_API_KEY");
    expect(stdout).toContain('value     "[redacted]"  # ~/.config/regoose/config.yaml:3:13');
    expect(stdout).toContain('ignored   "[redacted]"  # regoose.config.yaml:6:13');
    const json = await config(project, ["explain", "--json", "--profile", "ci", "reruns"]);
    expect(toEnvelope<ExplainData>(json).data).toMatchObject({
      key: "reruns",
      defaultText: "5",
      variable: "REGOOSE_RERUNS",
      flag: "--reruns",
      reload: "next-run",
      trust: "anyone",
      value: 12,
      origin: "profiles.ci in regoose.config.yaml:9:5",
      others: [
        { value: 5, origin: "default", refusal: null },
        { value: 10, origin: "built-in profile ci", refusal: null },
      ],
    });
    const unset = await config(project, ["explain", "providers.my-own.headers.x.y"]);
    expect(unset.stdout).toContain("not set");
    const unknown = await config(project, ["explain", "--json", "providers.openai.apikey"]);
    expect(unknown.code).toBe(2);
    expect(toEnvelope(unknown).error).toMatchObject({
      code: "RGS-2004",
      hint: "Did you mean providers.openai.apiKey?",
    });
  });

  test("validates everything at once, or one file", async () => {
    await using project = await aConfiguredProject();
    const valid = await config(project, ["validate"]);
    expect([valid.code, valid.stdout]).toEqual([0, expect.stringContaining("valid: ")]);
    expect(valid.stdout).toContain("ok    providers.openai.apiKey: found");
    expect(valid.stdout).toContain("ignored: ");
    await writeFile(join(project.root, "bad.yaml"), "sed: 1\nreruns: 0\nmaxTime: soon\n");
    const bad = await config(project, ["validate", "bad.yaml"]);
    expect(bad.code).toBe(2);
    expect(bad.stdout.trim().split("\n")).toEqual([
      'bad.yaml:1:1: unknown key "sed"; did you mean "seed"?',
      "bad.yaml:2:9: reruns: Too small: expected number to be >=1",
      expect.stringMatching(/^bad\.yaml:3:10: maxTime: /),
    ]);
    const json = toEnvelope<ValidateData>(
      await config(project, ["validate", "--json", "bad.yaml"]),
    );
    expect(json).toMatchObject({ ok: false, error: { code: "RGS-2001" }, data: { valid: false } });
    expect(json.data?.problems).toHaveLength(3);
    const none = await config(project, ["validate", "none.yaml"]);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("RGS-2002")]);
  });

  test("checks secrets, addresses, tools and sandbox only when asked", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method ?? ""} ${JSON.stringify(request.headers)}`);
      response.writeHead(401).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await using project = await aConfiguredProject(
      [
        "providers:",
        `  openai: { apiKey: 'cmd:cat key', baseUrl: "http://127.0.0.1:${String(port)}/v1" }`,
        "  anthropic: { apiKey: 'cmd:cat key' }",
        "  gone: { apiKey: 'env:NO_SUCH_KEY', baseUrl: 'http://127.0.0.1:1/' }",
      ].join("\n"),
    );
    const quiet = await config(project, ["validate", "--json"]);
    expect([quiet.code, asked]).toEqual([7, []]);
    const checked = await config(project, ["validate", "--check", "--json"]);
    server.close();
    expect(checked.code).toBe(7);
    const { data, error } = toEnvelope<ValidateData>(checked);
    expect(error).toMatchObject({ code: "RGS-7014" });
    const found = new Map(data?.checks?.map(({ name, status }) => [name, status]));
    expect(Object.fromEntries(found)).toMatchObject({
      "providers.openai.apiKey": "ok",
      "providers.openai.baseUrl": "ok",
      "providers.anthropic.apiKey": "warning",
      "providers.gone.apiKey": "problem",
      "providers.gone.baseUrl": "problem",
      node: "ok",
      runner: "ok",
    });
    expect([...found.keys()].some((name) => name.startsWith("sandbox "))).toBe(true);
    expect(asked).toHaveLength(1);
    expect(asked.join() + checked.stdout).not.toContain("canary");
  });

  test("compares files and profiles", async () => {
    await using project = await aConfiguredProject();
    const profiles = await config(project, ["diff", "ci", "production"]);
    expect(profiles).toMatchObject({
      code: 0,
      stdout:
        "maxTime: 3m → 10m\nsandbox: auto → namespace\nreruns: 12 → 20\nprofile: ci → production\n",
    });
    await writeFile(join(project.root, "other.yaml"), USER.replace("~/key", "~/key2"));
    const files = await config(project, [
      "diff",
      "--json",
      "other.yaml",
      "home/.config/regoose/config.yaml",
    ]);
    expect(toEnvelope<DiffData>(files).data?.differences).toEqual([
      { key: "providers.openai.apiKey", left: "[redacted]", right: "[redacted]" },
    ]);
    expect((await config(project, ["diff", "other.yaml", "other.yaml"])).stdout).toBe(
      "no difference\n",
    );
    expect((await config(project, ["diff", "ci", "nightly"])).code).toBe(2);
  });

  test("prints the schema that the package holds", async () => {
    await using project = await aConfiguredProject();
    const held = join(import.meta.dirname, "..", "..", "schema", "regoose.config.schema.json");
    const schema: unknown = JSON.parse(await readFile(held, "utf8"));
    expect(JSON.parse((await config(project, ["schema"])).stdout)).toEqual(schema);
    expect(toEnvelope<object>(await config(project, ["schema", "--json"])).data).toEqual({
      schema,
    });
  });

  test("migrates a file when told to, and keeps all else", async () => {
    await using project = await aConfiguredProject();
    const path = join(project.root, "regoose.config.yaml");
    const shown = await config(project, ["migrate"]);
    expect([shown.code, shown.stdout]).toEqual([0, "+version: 1\n+\n"]);
    expect(await readFile(path, "utf8")).toBe(PROJECT);
    const written = await config(project, ["migrate", "--yes", "--json"]);
    expect(toEnvelope<MigrateData>(written).data).toMatchObject({ file: path, outcome: "written" });
    expect(await readFile(path, "utf8")).toBe(PROJECT.replace("seed:", "version: 1\n\nseed:"));
    const again = await config(project, ["migrate", "--yes"]);
    expect(again).toMatchObject({ code: 0, stdout: "", stderr: `${path} is up to date\n` });
    const none = await config(project, ["migrate", "none.yaml"]);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("no such file")]);
  });

  test("is a part of doctor: broken is a problem, a key that is not there a warning", async () => {
    await using project = await aConfiguredProject("providers: { a: { apiKey: 'env:NO_SUCH' } }\n");
    const env = { HOME: join(project.root, "home"), XDG_CONFIG_HOME: "" };
    const missing = await runCli(["doctor"], { cwd: project.root, env });
    expect(missing.stdout).toContain("warn  providers.a.apiKey: the variable NO_SUCH is not set");
    await writeFile(join(project.root, "regoose.config.yaml"), "sed: 1\n");
    const broken = await runCli(["doctor"], { cwd: project.root, env });
    expect(broken.code).toBe(7);
    expect(broken.stdout).toContain(
      'regoose.config.yaml:1:1: unknown key "sed"; did you mean "seed"?',
    );
  });
});
