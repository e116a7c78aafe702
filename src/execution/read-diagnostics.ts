import type { TypeDiagnostic } from "../ports/project-tools.ts";

/** A complaint with its number, as `tsc --pretty false` prints it. */
export interface CompilerDiagnostic extends TypeDiagnostic {
  /** `TS2345` → 2345. */
  readonly code: number;
}

export interface CompilerReport {
  readonly located: readonly CompilerDiagnostic[];
  /** Complaints about the configuration rather than a file. */
  readonly global: readonly string[];
}

const LOCATED = /^(.{1,1000}?)\((\d{1,7}),\d{1,7}\): error TS(\d{1,6}): (.*)$/u;
const GLOBAL = /^error (TS\d{1,6}: .*)$/u;
const LONGEST_MESSAGE = 500;
const MOST = 5_000;

/** Reads what the compiler printed, as hostile input: anything that is no complaint is skipped. */
export function readDiagnostics(output: string): CompilerReport {
  const located: CompilerDiagnostic[] = [];
  const global: string[] = [];
  for (const line of output.split(/\r?\n/u)) {
    if (located.length + global.length >= MOST) break;
    const [, file, row, code, text] = LOCATED.exec(line) ?? [];
    if (file !== undefined && row !== undefined && code !== undefined && text !== undefined) {
      const message = `TS${code}: ${text}`.slice(0, LONGEST_MESSAGE);
      located.push({ file, line: Number(row), code: Number(code), message });
      continue;
    }
    const [, whole] = GLOBAL.exec(line) ?? [];
    if (whole !== undefined) global.push(whole.slice(0, LONGEST_MESSAGE));
  }
  return { located, global };
}
