import { RegooseError, toErrno } from "./errors.ts";

/** What the system says when it has no process, memory or descriptor to spare at this moment. */
const BUSY_ERRNOS: ReadonlySet<string> = new Set(["EAGAIN", "EBUSY", "EMFILE", "ENFILE", "ENOMEM"]);
const BUSY_WORDS =
  /Resource temporarily unavailable|Cannot allocate memory|Too many open files|Device or resource busy|\b(?:EAGAIN|EMFILE|ENFILE|ENOMEM)\b/u;

/** Whether a Node error says that the machine has nothing to spare at this moment. */
export function isBusy(thrown: unknown): boolean {
  return BUSY_ERRNOS.has(toErrno(thrown) ?? "");
}

/** The same of what another program printed. */
export function saysBusy(text: string): boolean {
  return BUSY_WORDS.test(text);
}

/** RGS-7504: nothing was done, since the machine had no process, memory or descriptor to spare. */
export function createMachineBusy(
  what: string,
  cause?: unknown,
  correlationId?: string,
): RegooseError {
  return new RegooseError("RGS-7504", `the machine is too busy at this moment: ${what}`, {
    correlationId,
    cause,
  });
}
