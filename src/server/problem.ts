import { toErrorBody } from "../contract/error-body.ts";
import type { ErrorBody } from "../contract/envelope.ts";
import { toErrorFacts } from "../kernel/error-table.ts";
import { RegooseError, toMessage } from "../kernel/errors.ts";
import { createRequestInvalid, createRequestTooLarge, type RequestIssue } from "./errors.ts";

/** An error as a response says it (RFC 9457), with the fields of `--json` beside the standard ones. */
export interface Problem extends Omit<ErrorBody, "message"> {
  /** Names the kind of problem; the page of errors explains it. */
  readonly type: string;
  readonly title: string;
  /** HTTP status. */
  readonly status: number;
  readonly detail: string;
  /** Path of the request. */
  readonly instance: string;
  /** What is wrong with the request, all at once. */
  readonly errors?: readonly RequestIssue[];
}

/** What anything that was thrown is to a client. Of a defect only that it is one. */
export function toProblem(thrown: unknown, instance: string, bodyLimit: number): Problem {
  const error = toRegooseError(thrown, bodyLimit);
  const { message, ...body } = toErrorBody(error, null);
  const issues = error.details["issues"] as readonly RequestIssue[] | undefined;
  return {
    type: `urn:regoose:error:${error.code}`,
    title: error.name,
    status: toErrorFacts(error.code).http,
    detail: message,
    instance,
    ...body,
    ...(issues === undefined || issues.length === 0 ? {} : { errors: issues }),
  };
}

function toRegooseError(thrown: unknown, bodyLimit: number): RegooseError {
  if (thrown instanceof RegooseError) return thrown;
  const status = toStatus(thrown);
  if (status === 413) return createRequestTooLarge(bodyLimit);
  // What fastify refuses: a body that is no JSON, another content type, a URL that cannot be decoded.
  if (status >= 400 && status < 500) return createRequestInvalid(toMessage(thrown));
  return new RegooseError("RGS-9001", "this is a defect of Regoose", { cause: thrown });
}

function toStatus(thrown: unknown): number {
  if (typeof thrown !== "object" || thrown === null || !("statusCode" in thrown)) return 500;
  return typeof thrown.statusCode === "number" ? thrown.statusCode : 500;
}
