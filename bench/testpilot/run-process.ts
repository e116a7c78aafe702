import { spawn } from "node:child_process";

export interface ProcessRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  /** After this the whole process group is killed. */
  readonly timeoutMs: number;
}

export interface ProcessOutcome {
  /** Null when it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  readonly isTimedOut: boolean;
}

const OUTPUT_LIMIT = 64 * 1024 * 1024;

/** Runs a program in its own process group and waits for its end. @throws when it cannot be started */
export function runProcess(request: ProcessRequest): Promise<ProcessOutcome> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(request.command, request.args, {
      ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
      env: { ...request.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let isTimedOut = false;
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // The group is gone already.
      }
    };
    const timer = setTimeout(() => {
      isTimedOut = true;
      kill();
    }, request.timeoutMs);
    // A bench that is stopped by hand leaves nothing running.
    process.once("exit", kill);
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const release = (): void => {
      clearTimeout(timer);
      process.removeListener("exit", kill);
    };
    child.on("error", (error) => {
      release();
      reject(error);
    });
    child.on("close", (code) => {
      release();
      const durationMs = Math.round(performance.now() - startedAt);
      resolve({ code, stdout: stdout(), stderr: stderr(), durationMs, isTimedOut });
    });
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= OUTPUT_LIMIT) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString("utf8");
}
