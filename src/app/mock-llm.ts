import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import type { ScriptInput } from "../adapters/mock-llm/script.ts";
import { type MockLlm, startMockLlm } from "../adapters/mock-llm/start-mock-llm.ts";
import type { Clock } from "../kernel/clock.ts";
import { RegooseError, toMessage } from "../kernel/errors.ts";

export interface MockLlmRequest {
  /** YAML or JSON; null for answers that only echo. */
  readonly script: string | null;
  readonly port: number;
  readonly seed: number;
  readonly recordings: string | undefined;
  readonly upstream: string | undefined;
  /** Told of each request that came. */
  readonly onRequest: (line: string) => void;
}

/** Starts the mock server of `regoose mock-llm`. @throws MockScriptInvalid (RGS-4031), AddressUnavailable (RGS-5002) */
export async function openMockLlm(
  deps: { readonly clock: Clock },
  request: MockLlmRequest,
): Promise<MockLlm> {
  const { script, port, seed, recordings, upstream, onRequest } = request;
  return startMockLlm(deps, {
    port,
    seed,
    script: script === null ? {} : await readScript(script),
    ...(recordings === undefined ? {} : { recordings }),
    ...(upstream === undefined ? {} : { upstream: upstream.replace(/\/$/u, "") }),
    onRequest: ({ number, dialect, path, fault }) => {
      onRequest(`${number} ${dialect ?? "other"} ${path} ${fault ?? "answered"}`);
    },
  });
}

async function readScript(path: string): Promise<ScriptInput> {
  try {
    return parse(await readFile(path, "utf8")) as ScriptInput;
  } catch (failure) {
    throw new RegooseError("RGS-4031", `the script ${path} cannot be read: ${toMessage(failure)}`, {
      cause: failure,
    });
  }
}
