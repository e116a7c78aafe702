import { appendFileSync, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { PicoDollars } from "../../../contract/model/usage.ts";
import { toErrno } from "../../../kernel/errors.ts";

interface Sum {
  readonly cost: PicoDollars;
  readonly tokens: number;
}

/** What calls of all runs on this machine cost, for budgets that outlast a run. */
export interface SpendLog {
  sums(): Promise<{ readonly day: Sum; readonly repository: Sum }>;
  add(spent: Sum): void;
}

const lineSchema = z.object({
  day: z.string(),
  repository: z.string(),
  pico: z.string().regex(/^\d+$/u),
  tokens: z.int().min(0),
});

/**
 * One line a call in `spend.ndjson`; several processes append to it side by side, and each reads what the others
 * wrote. `repository` names the repository; days are those of UTC.
 */
export function openSpendLog(folder: string, repository: string, today: () => string): SpendLog {
  const path = join(folder, "spend.ndjson");
  return {
    async sums() {
      const text = await readFile(path, "utf8").catch((failure: unknown) => {
        if (toErrno(failure) === "ENOENT") return "";
        throw failure;
      });
      const day = { cost: 0n, tokens: 0 };
      const own = { cost: 0n, tokens: 0 };
      for (const line of text.split("\n")) {
        const entry = parse(line);
        if (entry === null) continue;
        for (const [sum, isIn] of [
          [day, entry.day === today()],
          [own, entry.repository === repository],
        ] as const) {
          if (!isIn) continue;
          sum.cost += BigInt(entry.pico);
          sum.tokens += entry.tokens;
        }
      }
      return { day, repository: own };
    },
    add({ cost, tokens }) {
      if (cost === 0n && tokens === 0) return;
      const line = { day: today(), repository, pico: cost.toString(), tokens };
      mkdirSync(folder, { recursive: true });
      // In one write, so that lines of two processes do not mix; now, so that a kill does not lose it.
      appendFileSync(path, `${JSON.stringify(line)}\n`, { mode: 0o600 });
    },
  };
}

/** A line that a kill cut off is no line. */
function parse(line: string): z.infer<typeof lineSchema> | null {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
