import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";

import type { MockLlm } from "../../../src/adapters/mock-llm/start-mock-llm.ts";
import type { GenerateData } from "../../../src/contract/envelope.ts";
import { type CliResult, runCli, toEnvelope } from "./cli.ts";

/** A canary: what it stands for must not be found anywhere. */
export const KEY = "sk-canary-4f1d2c";

/** A fenced block of code, with a word before it. */
export const fenced = (...parts: readonly string[]): string =>
  `Here:\n\`\`\`js\n${parts.join("\n")}\n\`\`\``;
/** A test of `node:test`. */
export const aTest = (title: string, body: string): string =>
  `test("${title}", () => {\n  ${body}\n});`;

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** A folder that goes with the tests of the file. */
export async function aFolder(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "regoose-e2e-models-"));
  folders.push(root);
  return root;
}

/** A call of the command line with a scripted model. */
export interface Call {
  readonly root: string;
  readonly args: readonly string[];
  readonly home: string;
  readonly server?: Pick<MockLlm, "url">;
}

/** No key of whoever runs this, and no answer from another run: the home is new. */
export function toEnvironment({ home, server }: Call): Record<string, string> {
  return {
    ...{ HOME: home, XDG_STATE_HOME: home, XDG_CONFIG_HOME: home },
    ...{ OPENAI_API_KEY: "", ANTHROPIC_API_KEY: "", GEMINI_API_KEY: "", DEEPSEEK_API_KEY: "" },
    ...(server === undefined
      ? {}
      : {
          REGOOSE_PROVIDERS_LOCAL_BASE_URL: `${server.url}/v1`,
          REGOOSE_PROVIDERS_LOCAL_MODEL: "mock-model",
          REGOOSE_PROVIDERS_LOCAL_API_KEY: "env:CANARY",
          CANARY: KEY,
        }),
  };
}

/** `regoose generate` with few executions. */
export const generate = (call: Call): Promise<CliResult> =>
  runCli(["generate", "--json", "--max-executions", "300", "--reruns", "1", ...call.args], {
    cwd: call.root,
    env: toEnvironment(call),
  });

export function toData(result: CliResult): GenerateData {
  const { ok, data } = toEnvelope(result);
  expect(ok, `${result.stdout.slice(0, 3000)}${result.stderr}`).toBe(true);
  return data as GenerateData;
}

/** All files of a folder as one text. */
export async function readAll(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = names
    .filter((entry) => entry.isFile())
    .map((entry) => readFile(join(entry.parentPath, entry.name), "latin1"));
  return (await Promise.all(texts)).join("\n");
}
