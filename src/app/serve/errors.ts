import { RegooseError } from "../../kernel/errors.ts";

/** RGS-5003: another live server works on this state folder. */
export function createServerRunning(folder: string, cause: unknown): RegooseError {
  return new RegooseError("RGS-5003", `another server works on the state folder ${folder}`, {
    cause,
  });
}
