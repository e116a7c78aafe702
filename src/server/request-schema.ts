import { realpath, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { z } from "zod";

import { BASELINES, ENGINES, FRAMEWORKS, SANDBOXES } from "../config/keys.ts";
import { parseDuration } from "../config/duration.ts";
import type { JobRequest } from "../contract/job.ts";
import { createNoProject, createRequestInvalid } from "./errors.ts";

const count = (least: number): z.ZodNumber =>
  z
    .number()
    .int()
    .min(least)
    .max(2 ** 31);
const text = z.string().min(1).max(1_000);

const time = text.refine(isDuration, { message: "write 500ms, 60s or 2m" });

/** A folder or file inside the project, perhaps with `#export`. */
const target = text.refine((value) => !isOutside(value), {
  message: "a target is a path inside the project",
});

/** The body of `POST /runs`, strict: what is not named here is a mistake. */
const submissionSchema = z.strictObject({
  project: text.refine((value) => isAbsolute(value), { message: "an absolute path" }),
  targets: z.array(target).max(200).default([]),
  flags: z
    .strictObject({
      profile: text.regex(/^[\w-]+$/u),
      engine: z.enum(ENGINES),
      maxTime: time,
      maxExecutions: count(1),
      seed: count(0),
      workers: count(1),
      framework: z.enum(FRAMEWORKS),
      out: text.refine((value) => !isOutside(value), { message: "a path inside the project" }),
      baseline: z.enum(BASELINES),
      sandbox: z.enum(SANDBOXES),
      reruns: count(1),
    })
    .partial()
    .default({}),
});

/** What `GET /runs` asks for. */
export interface ListQuery {
  readonly project?: string | undefined;
  /** Id of the last run of the page before. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

const listSchema: z.ZodType<ListQuery> = z.strictObject({
  project: text.optional(),
  cursor: z
    .string()
    .regex(/^r\d{9}$/u)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/**
 * Reads the body of a submission, and looks whether the project is there.
 * @throws RequestInvalid (RGS-5012), TargetNotFound (RGS-1001)
 */
export async function readSubmission(body: unknown): Promise<JobRequest> {
  const { project, targets, flags } = parse(submissionSchema, body);
  const given = Object.entries(flags).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return { project: await toProject(project), targets, flags: Object.fromEntries(given) };
}

/** @throws RequestInvalid (RGS-5012) */
export async function readListQuery(query: unknown): Promise<ListQuery> {
  const read = parse(listSchema, query);
  if (read.project === undefined) return read;
  return { ...read, project: await realpath(read.project).catch(() => read.project) };
}

/**
 * `Idempotency-Key` of a request (IETF draft-ietf-httpapi-idempotency-key-header), or null.
 * @throws RequestInvalid (RGS-5012)
 */
export function readKey(header: string | readonly string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header === "string" && /^[\x21-\x7e]{1,200}$/u.test(header)) return header;
  throw createRequestInvalid("an Idempotency-Key has 1 to 200 visible ASCII characters");
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({
    pointer: path
      .map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`)
      .join(""),
    message,
  }));
  const [first] = issues;
  throw createRequestInvalid(`${first?.pointer ?? ""}: ${first?.message ?? "not valid"}`, issues);
}

/** The real path, so that one project is one project by whatever way it was named. */
async function toProject(path: string): Promise<string> {
  const project = await realpath(path).catch(() => null);
  if (project === null) throw createNoProject(path, "does not exist");
  const manifest = await stat(join(project, "package.json")).catch(() => null);
  if (manifest?.isFile() !== true) throw createNoProject(path, "holds no package.json");
  return project;
}

function isOutside(path: string): boolean {
  return isAbsolute(path) || path.startsWith("-") || path.split(/[/\\]/u).includes("..");
}

function isDuration(value: string): boolean {
  try {
    return parseDuration(value) > 0;
  } catch {
    return false;
  }
}
