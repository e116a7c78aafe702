import { listCauses, type RegooseError } from "../kernel/errors.ts";
import type { ErrorBody } from "./envelope.ts";

/** An error as `--json` and a server print it; fields that say nothing are left out. */
export function toErrorBody(error: RegooseError, runId: string | null): ErrorBody {
  const { correlationId, retryAfterMs, sideEffect } = error;
  const causes = listCauses(error);
  return {
    code: error.code,
    name: error.name,
    class: error.errorClass,
    message: error.message,
    hint: error.hint,
    docs: `docs/errors.md#${error.code.toLowerCase()}`,
    runId,
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(sideEffect === "none" ? {} : { sideEffect }),
    ...(causes.length === 0 ? {} : { causes }),
  };
}
