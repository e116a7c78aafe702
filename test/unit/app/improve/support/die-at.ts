import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

type Call = (...args: unknown[]) => Promise<unknown>;
type Table = Record<string, Call>;

/** What changes the disk, or opens it for a change. */
const CALLS = ["chmod", "link", "mkdir", "open", "rename", "rm", "rmdir", "truncate", "writeFile"];

/**
 * Lets `work` begin and die as a process does that is killed: at its call number `at` of those that change the disk, nothing of it ever
 * goes on, no `finally` either. What it was to create is created and empty.
 * @returns whether it came that far
 */
export async function dieAt(at: number, work: () => Promise<unknown>): Promise<boolean> {
  const table = fs as unknown as Table;
  const originals = new Map(CALLS.map((name) => [name, table[name] as Call]));
  let calls = 0;
  const { promise: death, resolve: die } = Promise.withResolvers<"died">();
  for (const [name, original] of originals) {
    table[name] = async (...args) => {
      calls += 1;
      if (calls < at) return original(...args);
      if (calls === at) {
        if (isCreation(name, args)) await fs.appendFile(String(args[0]), "").catch(() => null);
        die("died");
      }
      return new Promise<never>(() => undefined);
    };
  }
  syncBuiltinESMExports();
  try {
    return (await Promise.race([death, work()])) === "died";
  } finally {
    for (const [name, original] of originals) table[name] = original;
    syncBuiltinESMExports();
  }
}

function isCreation(name: string, args: readonly unknown[]): boolean {
  const [, second, third] = args;
  if (name === "writeFile") return (third as { flag?: string } | undefined)?.flag !== "r";
  return name === "open" && typeof second === "string" && second.includes("w");
}
