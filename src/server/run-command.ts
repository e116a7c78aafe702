import { z } from "zod";

import type { Envelope, GenerateData } from "../contract/envelope.ts";
import type { Job, JobError, JobStatus } from "../contract/job.ts";
import { RegooseError } from "../kernel/errors.ts";
import type { RunProcessEnding } from "../ports/run-processes.ts";
import { createRunProcessEnded } from "./errors.ts";

/** The command line that does a run, or goes on with it. */
export function toCommandLine({ request, runId }: Job): readonly string[] {
  const shared = ["--json", "--quiet", `--cwd=${request.project}`];
  if (runId !== null) return ["resume", ...shared, "--", runId];
  const flags = Object.entries(request.flags).map(
    ([key, value]) => `--${toKebab(key)}=${String(value)}`,
  );
  return ["generate", ...shared, ...flags, "--", ...request.targets];
}

/** How a run ended. */
export interface JobEnding {
  readonly status: Exclude<JobStatus, "queued" | "running">;
  readonly runId: string | null;
  readonly error: JobError | null;
  /** The object that the command printed; null where it printed none. */
  readonly answer: string | null;
}

const endingSchema = z.union([
  z.object({
    ok: z.literal(true),
    data: z.object({ runId: z.string(), outcome: z.enum(["succeeded", "degraded"]) }),
  }),
  z.object({
    ok: z.literal(false),
    error: z.object({
      code: z.string(),
      name: z.string(),
      class: z.string(),
      message: z.string(),
      runId: z.string().nullable(),
    }),
  }),
]);

/** Reads what a process left behind. */
export function toJobEnding(ending: RunProcessEnding, isCancelAsked: boolean): JobEnding {
  const parsed = endingSchema.safeParse(toJson(ending.stdout));
  if (!parsed.success || ending.stdout === null) {
    const status = isCancelAsked ? "cancelled" : "failed";
    return { status, runId: null, error: toLoss(ending), answer: null };
  }
  const answer = ending.stdout.trim();
  if (parsed.data.ok) {
    const { runId, outcome } = parsed.data.data;
    return { status: outcome, runId, error: null, answer };
  }
  const { runId, code, name, message, class: errorClass } = parsed.data.error;
  const status = errorClass === "cancelled" ? "cancelled" : "failed";
  return { status, runId, error: { code, name, message }, answer };
}

/** The stored object, as the command's own types have it. */
export function readAnswer(text: string | null): Envelope<GenerateData> | null {
  return toJson(text) as Envelope<GenerateData> | null;
}

/** An error as the journal keeps it. */
export function toJobError(thrown: unknown): JobError {
  if (thrown instanceof RegooseError) {
    return { code: thrown.code, name: thrown.name, message: thrown.message };
  }
  const { code, name, message } = createRunProcessEnded("could not be started", String(thrown));
  return { code, name, message };
}

function toLoss({ exitCode, signal, stdout, stderrTail }: RunProcessEnding): JobError {
  if (stdout === null) return toJobError(createRunProcessEnded("printed more than is kept", ""));
  const how = signal === null ? `ended with ${String(exitCode)}` : `was ended by ${signal}`;
  return toJobError(createRunProcessEnded(`${how} and left no answer`, stderrTail));
}

function toJson(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function toKebab(key: string): string {
  return key.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}
