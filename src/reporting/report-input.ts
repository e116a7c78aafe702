import { z } from "zod";

import type { AdmissionResult } from "../contract/admission.ts";
import type { RunResult } from "../contract/envelope.ts";
import { RegooseError } from "../kernel/errors.ts";
import { admissionSchema, runResultSchema } from "./report-schema.ts";

/** Everything that reports draw from; stored as `report-input.json` in the folder of a run. */
export interface ReportInput {
  readonly result: RunResult;
  readonly admission: AdmissionResult;
  /** Source files of the target as they were when the run started; project-relative POSIX paths. */
  readonly sources: readonly { readonly path: string; readonly content: string }[];
}

/** Name of the stored file within the folder of a run. */
export const REPORT_INPUT_FILE: string = "report-input.json";

const schema: z.ZodType<ReportInput> = z.object({
  result: runResultSchema,
  admission: admissionSchema,
  sources: z.array(z.object({ path: z.string(), content: z.string() })),
});

/** The stored form of an input; {@link parseReportInput} reads it back. */
export function serialiseReportInput(input: ReportInput): string {
  return `${JSON.stringify(input)}\n`;
}

/**
 * Reads a stored input back. The file is untrusted: it lies in a project that anyone may have sent.
 *
 * @throws RegooseError `StoredRunUnreadable` (RGS-1011) when it is not JSON or not of this shape
 */
export function parseReportInput(text: string): ReportInput {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unreadable("it is not JSON", cause);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue === undefined ? "" : ` at ${issue.path.map(String).join(".")}: ${issue.message}`;
  throw unreadable(`it has another shape than this version writes${at}`, parsed.error);
}

function unreadable(reason: string, cause: unknown): RegooseError {
  return new RegooseError(
    "RGS-1011",
    `The stored run cannot be read: ${REPORT_INPUT_FILE} is damaged or was written by another version (${reason}).`,
    {
      hint: "Run `regoose generate` again, or name another run with `regoose runs list`.",
      cause,
    },
  );
}
