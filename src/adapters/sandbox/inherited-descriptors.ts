import { readdirSync, readFileSync } from "node:fs";
import { SandboxSetupFailed } from "./errors.ts";

const CLOSE_ON_EXEC = 0o2000000;
/** Descriptors above this are not worth a table of that size; none was ever seen. */
const HIGHEST = 4_096;

/**
 * Descriptors above `lowest` that a child would inherit: what the process that started us left open
 * without close-on-exec (a CI agent's pipes, say). Node opens none such itself, and cannot close them
 * in the child; the caller puts something harmless in their place.
 * @throws SandboxSetupFailed (RGS-7002) for one that cannot be replaced.
 */
export function listInheritedDescriptors(lowest: number, processFolder = "/proc/self"): number[] {
  return listNumbers(`${processFolder}/fd`)
    .filter((descriptor) => descriptor >= lowest)
    .filter((descriptor) => isInheritable(`${processFolder}/fdinfo/${descriptor}`))
    .map((descriptor) => {
      if (descriptor <= HIGHEST) return descriptor;
      throw new SandboxSetupFailed(
        `descriptor ${descriptor} was inherited open and would leak into the sandbox`,
        "start Regoose without that descriptor",
      );
    });
}

function listNumbers(folder: string): number[] {
  try {
    return readdirSync(folder).map(Number);
  } catch {
    // No /proc: macOS, where libuv closes everything by itself (POSIX_SPAWN_CLOEXEC_DEFAULT).
    return [];
  }
}

function isInheritable(path: string): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/mu.exec(readFileSync(path, "utf8"))?.[1];
    return flags !== undefined && (parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    // Closed since it was listed.
    return false;
  }
}
