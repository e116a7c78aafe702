import type { SandboxLevel } from "../contract/envelope.ts";
import { RegooseError } from "../kernel/errors.ts";
import type { Settings } from "./settings.ts";

/** Whether somebody typed `--sandbox guarded` for this very command. */
export type TypedLevel = Pick<Settings, "isGuardedTyped">;

/** Whether what a model wrote may run here: below `namespace` only on the word of whoever typed the command. */
export function mayRunModelCode(level: SandboxLevel, { isGuardedTyped }: TypedLevel): boolean {
  return level === "namespace" || isGuardedTyped;
}

/**
 * Holds what a model wrote off a sandbox that stops accidents and not attacks. `what`: subject of a sentence, plural.
 * @throws ModelCodeNeedsNamespace (RGS-7104)
 */
export function requireModelCodeLevel(level: SandboxLevel, typed: TypedLevel, what: string): void {
  if (mayRunModelCode(level, typed)) return;
  throw new RegooseError("RGS-7104", `${what} do not run at the sandbox level ${level} unasked`, {
    hint: "make level `namespace` work (`regoose doctor` says how to get bubblewrap), or type --sandbox guarded with this command: a variable or a file does not count. That level stops accidents, not attacks",
    details: { level },
  });
}
