import { spawn } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { BIN } from "./cli.ts";

export const KEYS = { enter: "\r", down: "\u001b[B", ctrlC: "\u0003" } as const;

/** A command in a pseudo-terminal. */
export interface Terminal {
  /** Waits until a text is printed that was not waited for before. Rejects where the command ends without it. */
  see(text: string): Promise<void>;
  type(keys: string): void;
  /** All that was printed, without colours and movements of the cursor. */
  screen(): string;
  /** Exit code. */
  readonly ended: Promise<number | null>;
}

/** Starts the built command in a terminal of its own. Neither CI nor colours are in its environment. */
export function openTerminal(
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Terminal {
  const driver = join(import.meta.dirname, "terminal.py");
  const quiet = { CI: "", GITHUB_ACTIONS: "", GITLAB_CI: "", TERM: "xterm", NO_COLOR: "1" };
  const child = spawn("python3", [driver, process.execPath, BIN, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...quiet, ...options.env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let printed = "";
  let seen = 0;
  let isOver = false;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of waiting) look();
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
    wake();
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      isOver = true;
      wake();
      resolve(code);
    });
  });
  const screen = (): string => stripVTControlCharacters(printed);
  return {
    screen,
    ended,
    type: (keys) => void child.stdin.write(keys),
    see: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const at = screen().indexOf(text, seen);
          if (at >= 0) seen = at + text.length;
          else if (!isOver) return;
          waiting.delete(look);
          if (at >= 0) resolve();
          else reject(new Error(`"${text}" was never printed:\n${screen()}`));
        };
        waiting.add(look);
        look();
      }),
  };
}
