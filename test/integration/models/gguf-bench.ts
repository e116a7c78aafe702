import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type ModelScript, toScriptedModel } from "../../../scripts/gguf/scripted-model.ts";
import { type Candidate, createCandidate } from "../../../src/adapters/llm/router/candidate.ts";
import type { RouterOptions } from "../../../src/adapters/llm/router/create-model-router.ts";
import {
  createModelProcesses,
  type ModelProcesses,
} from "../../../src/adapters/llm/wire/gguf/model-processes.ts";
import { shortHash } from "../../../src/kernel/hash.ts";
import type { ModelPort } from "../../../src/ports/model.ts";
import { aFolder, aRouter } from "./router-bench.ts";
import { clock } from "./wire-bench.ts";

/** What most models of these tests say. */
export const PIECES = ["Hello", " from", " llama.cpp", ", and", " goodbye", "."].map((piece) =>
  piece.padEnd(3, "!"),
);
export const TEXT = PIECES.join("");

/** Tokens of a question of one message: the first token of all, and the template with one token a character. */
export function countTokens(...messages: readonly { role: string; text: string }[]): number {
  const laid = messages.map(({ role, text }) => `[${role}]\n${text}`.length + 1);
  return 1 + laid.reduce((sum, one) => sum + one, 0) + "[assistant]\n".length;
}

/** The file of a scripted model. */
export async function aModelFile(
  script: Partial<ModelScript> = {},
  folder?: string,
): Promise<string> {
  const path = join(
    folder ?? (await aFolder()),
    `scripted-${shortHash(JSON.stringify(script))}.gguf`,
  );
  // One that is there may be mapped into a process: it must not change under it.
  if (!existsSync(path)) await writeFile(path, toScriptedModel({ pieces: PIECES, ...script }));
  return path;
}

/** Processes that end with the test. */
export function aProcessPool(
  start?: Parameters<typeof createModelProcesses>[0]["start"],
): ModelProcesses {
  const processes = createModelProcesses({ clock, start });
  onTestFinished(() => processes[Symbol.asyncDispose]());
  return processes;
}

type Own = NonNullable<Parameters<typeof createCandidate>[2]>;

export function aGguf(path: string, own: Own = {}): Candidate {
  return createCandidate(
    {
      ...{ provider: "local", kind: "gguf", baseUrl: null, key: null, headers: {} },
      ...{ organization: null, project: null, proxy: null, authorities: [] },
      file: { path, contextTokens: own.contextTokens ?? null },
    },
    "scripted.gguf",
    own,
  );
}

/** The router before one model of this machine. */
export function aGgufRouter(
  path: string,
  { processes = aProcessPool(), ...own }: Own & { readonly processes?: ModelProcesses } = {},
  options: Partial<RouterOptions> = {},
): ModelPort {
  return aRouter([aGguf(path, own)], { deps: { processes }, ...options });
}

/** Arguments of Node under which node-llama-cpp cannot be found, as where nobody installed it. */
export const WITHOUT_LIBRARY: readonly string[] = [
  "--import",
  `data:text/javascript,${encodeURIComponent(`
    import { registerHooks } from "node:module";
    registerHooks({
      resolve(specifier, context, next) {
        if (specifier !== "node-llama-cpp") return next(specifier, context);
        throw Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
      },
    });`)}`,
];
