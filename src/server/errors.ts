import { RegooseError } from "../kernel/errors.ts";

/** One thing that is wrong with a request: where, as a JSON Pointer (RFC 6901), and what. */
export interface RequestIssue {
  readonly pointer: string;
  readonly message: string;
}

/** How long a client should wait before it tries again where nothing better is known, ms. */
const RETRY_AFTER_MS = 5_000;

/** RGS-5001: an address that other machines can reach. */
export function createAddressRefused(host: string): RegooseError {
  return new RegooseError("RGS-5001", `--host ${host} is not an address of this machine alone`, {
    details: { host },
  });
}

/** RGS-5002: the system does not give us the address. */
export function createAddressUnavailable(address: string, cause: unknown): RegooseError {
  return new RegooseError("RGS-5002", `cannot listen on ${address}`, { cause });
}

/** RGS-5010: no token, or another one. */
export function createUnauthorized(): RegooseError {
  return new RegooseError("RGS-5010", "the request carries no token of this server");
}

/** RGS-5011: the Host header names somebody else. */
export function createHostRefused(host: string): RegooseError {
  return new RegooseError("RGS-5011", `this server is not "${host.slice(0, 100)}"`);
}

/** RGS-5012: the request does not have the shape it must have. */
export function createRequestInvalid(
  message: string,
  issues: readonly RequestIssue[] = [],
): RegooseError {
  return new RegooseError("RGS-5012", message, { details: { issues } });
}

/** RGS-5013: no route, or a cursor of nothing. */
export function createNoSuchResource(path: string): RegooseError {
  return new RegooseError("RGS-5013", `there is nothing under ${path.slice(0, 200)}`);
}

/** RGS-5014: the body is too large. */
export function createRequestTooLarge(limitBytes: number): RegooseError {
  return new RegooseError("RGS-5014", `a request may have ${limitBytes / 1024} KiB at most`);
}

/** RGS-5015: the key of another request. */
export function createKeyReused(key: string): RegooseError {
  return new RegooseError("RGS-5015", `the Idempotency-Key "${key}" belongs to another request`);
}

/** RGS-5016: not now. */
export function createNotTaking(why: string): RegooseError {
  return new RegooseError("RGS-5016", why, { retryAfterMs: RETRY_AFTER_MS });
}

/** RGS-5017: the process of a run left no answer. */
export function createRunProcessEnded(how: string, tail: string): RegooseError {
  const said = tail.trim().split("\n").at(-1) ?? "";
  return new RegooseError(
    "RGS-5017",
    `the process of the run ${how}${said === "" ? "" : `: ${said.slice(0, 300)}`}`,
  );
}

/** RGS-5017: the process of a run was ended once too often for its silence. */
export function createRunSilent(why: string, times: number): RegooseError {
  return createRunProcessEnded(`was ended ${times} times and the run given up: ${why}`, "");
}

/** RGS-7503: as many runs wait as may. */
export function createRunsFull(unfinished: number): RegooseError {
  return new RegooseError("RGS-7503", `${unfinished} runs are unfinished, and no more may wait`, {
    hint: "submit the run again after the time in Retry-After, or start the server with a larger --queue",
    retryAfterMs: RETRY_AFTER_MS,
  });
}

/** RGS-1010: no run of this server has the id. */
export function createNoSuchRun(id: string): RegooseError {
  return new RegooseError("RGS-1010", `this server has no run "${id.slice(0, 100)}"`, {
    hint: "GET /api/v1/runs lists them",
  });
}

/** RGS-1001: a project that is no folder with a package. */
export function createNoProject(project: string, why: string): RegooseError {
  return new RegooseError("RGS-1001", `${project} ${why}`, {
    hint: "name the absolute path of a folder that holds a package.json",
  });
}
