import { RegooseError } from "../../../../kernel/errors.ts";
import { createModelError, type RequestFacts } from "../../errors.ts";
import type { GenerateFailure } from "./protocol.ts";

/** RGS-4022: node-llama-cpp is not there, or has no binary for this machine. `why` completes "the library …". */
export function createLibraryMissing({ provider, model }: RequestFacts, why: string): RegooseError {
  return new RegooseError(
    "RGS-4022",
    `${provider}/${model} needs node-llama-cpp, which cannot be used: ${why}`,
    {
      hint: "Run `npm install node-llama-cpp@3` where Regoose is installed (`npm install --global` for a global one).",
      details: { provider, model },
    },
  );
}

const CODES = { overflow: "RGS-4006", request: "RGS-4003", other: "RGS-4008" } as const;

/** Makes our error of what the process of a model says. */
export function toFailure({ why, message }: GenerateFailure, facts: RequestFacts): RegooseError {
  return createModelError(CODES[why], facts, `failed: ${message}`);
}
