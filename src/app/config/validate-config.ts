import { basename, resolve } from "node:path";
import { readEnvironment } from "../../config/environment.ts";
import { type ConfigProblem, configInvalid, configUnreadable } from "../../config/errors.ts";
import type { LoadedConfig } from "../../config/load-config.ts";
import { readConfigFile } from "../../config/sources/config-file.ts";
import { RegooseError } from "../../kernel/errors.ts";
import type { DoctorCheck } from "../check.ts";
import { checkEndpoints, checkSecrets, type ThoroughDeps } from "./check-config.ts";
import { type ConfigRequest, loadFor } from "./print-config.ts";

/** What `regoose config validate --json` prints as data. */
export interface ValidateData {
  /** True where there is neither a problem nor a check that failed. */
  readonly valid: boolean;
  readonly files: readonly string[];
  readonly problems: readonly ConfigProblem[];
  /** Sentences on what was set and does not count. */
  readonly ignored: readonly string[];
  readonly checks: readonly DoctorCheck[];
}

export interface ValidateAnswer {
  readonly data: ValidateData;
  /** The error of the problems; null where there are none. */
  readonly invalid: RegooseError | null;
}

/**
 * Looks for everything that is wrong with the configuration that counts here, or with one file by itself. With
 * `thorough` it also does what the configuration needs: fetches secrets, asks the configured addresses, and looks
 * at tools and sandbox as `doctor` does.
 * @throws ConfigUnreadable (RGS-2002)
 */
export async function validateConfig(
  request: ConfigRequest,
  options: { readonly file: string | undefined; readonly thorough: ThoroughDeps | null },
): Promise<ValidateAnswer> {
  try {
    if (options.file !== undefined) return await validateFile(resolve(request.cwd, options.file));
    const loaded = await loadFor(request);
    const checks = await listChecks(request, loaded, options.thorough);
    const data: ValidateData = {
      valid: checks.every(({ status }) => status !== "problem"),
      files: loaded.files,
      problems: [],
      ignored: [...loaded.degradations, ...loaded.notes],
      checks,
    };
    return { data, invalid: null };
  } catch (failure) {
    const problems = toProblems(failure);
    if (problems === null) throw failure;
    const data = { valid: false, files: [], problems, ignored: [], checks: [] };
    return { data, invalid: failure as RegooseError };
  }
}

async function validateFile(path: string): Promise<ValidateAnswer> {
  const file = await readConfigFile(path, basename(path), { followsLinks: true });
  if (file === null) throw configUnreadable(path, "there is no such file");
  if (file.outcome.kind === "failed") throw configInvalid(file.outcome.problems);
  const data = { valid: true, files: [path], problems: [], ignored: [], checks: [] };
  return { data, invalid: null };
}

/** The list inside a ConfigInvalid; null for any other error. */
function toProblems(failure: unknown): readonly ConfigProblem[] | null {
  if (!(failure instanceof RegooseError) || failure.name !== "ConfigInvalid") return null;
  return failure.details["problems"] as readonly ConfigProblem[];
}

async function listChecks(
  request: ConfigRequest,
  loaded: LoadedConfig,
  thorough: ThoroughDeps | null,
): Promise<readonly DoctorCheck[]> {
  const environment = readEnvironment();
  const secrets = await checkSecrets(loaded, { environment, thorough });
  if (thorough === null) return secrets;
  const { inspectMachine } = await import("../doctor.ts");
  return [
    ...secrets,
    ...(await checkEndpoints(loaded, { environment, thorough })),
    ...(await inspectMachine(thorough, request.cwd)).map((check) => demand(check, loaded)),
  ];
}

/** What `doctor` only recommends is a problem where the configuration asks for it. */
function demand(check: DoctorCheck, { config, origins }: LoadedConfig): DoctorCheck {
  const isWanted = config.sandbox !== "auto" && check.name.startsWith(`sandbox ${config.sandbox} `);
  if (!isWanted || check.status !== "warning") return check;
  const detail = `${check.detail}; asked for by ${origins.sandbox.text}`;
  return { ...check, status: "problem", detail };
}
