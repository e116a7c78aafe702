import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { loadSettings, type Settings } from "../../../src/app/settings.ts";
import type { GenerateRequest } from "../../../src/app/generate-types.ts";
import { aProject } from "../analysis/project-builder.ts";

let root: string;
let home: string;

beforeEach(async () => {
  [root, home] = [await aProject({ "index.js": "" }), await aProject({})];
  vi.stubEnv("HOME", home);
  vi.stubEnv("XDG_CONFIG_HOME", join(home, "config"));
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const load = (request: Partial<GenerateRequest> = {}): Promise<Settings> =>
  loadSettings(root, { cwd: root, flags: {}, ...request });

const project = (text: string): Promise<void> => writeFile(join(root, "regoose.config.yaml"), text);

async function user(text: string): Promise<void> {
  await mkdir(join(home, "config", "regoose"), { recursive: true });
  await writeFile(join(home, "config", "regoose", "config.yaml"), text);
}

const isWanted = async (request?: Partial<GenerateRequest>): Promise<boolean> =>
  (await load(request)).isModelWanted;

describe("models are wanted", () => {
  test("by nobody as long as nobody names an engine or a provider", async () => {
    vi.stubEnv("OPENAI_API_KEY", "sk-1");
    await user("seed: 3\nproviders: { openai: { model: gpt-x } }\n");
    expect(await isWanted()).toBe(false);
  });

  test("where one is typed", async () => {
    expect(await isWanted({ flags: { engine: "auto" } })).toBe(true);
    expect(await isWanted({ models: { provider: "openai" } })).toBe(true);
    expect(await isWanted({ models: { baseUrl: "http://127.0.0.1:1/v1" } })).toBe(true);
  });

  test("where a variable or the user's own file names one", async () => {
    vi.stubEnv("REGOOSE_PROVIDER", "openai");
    expect(await isWanted()).toBe(true);
    vi.stubEnv("REGOOSE_PROVIDER", undefined);
    await user("engine: auto\n");
    expect(await isWanted()).toBe(true);
  });

  test("by a profile of the user's that the user chose", async () => {
    await user("profiles: { deep: { provider: openai } }\n");
    expect(await isWanted({ flags: { profile: "deep" } })).toBe(true);
  });

  test.each([
    ["names an engine", "engine: model\n"],
    ["names a provider", "provider: openai\n"],
    ["brings a profile", "profile: evil\nprofiles: { evil: { engine: auto, provider: openai } }\n"],
    ["chooses a profile of the user's", "profile: deep\n"],
  ])("by no project's file that %s", async (_, text) => {
    await user("profiles: { deep: { provider: openai } }\n");
    await project(text);
    expect(await isWanted()).toBe(false);
  });

  test("by the file of a project that the user trusts", async () => {
    await user(`trustedProjects: [${JSON.stringify(root)}]\n`);
    await project("provider: openai\n");
    expect(await isWanted()).toBe(true);
  });
});
