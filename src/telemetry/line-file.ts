import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";

import type { Clock } from "../kernel/clock.ts";

/** A file of lines that never holds up who writes to it: what has no room is dropped and counted. */
export interface LineFile extends AsyncDisposable {
  /** False when the line was dropped. */
  write(line: string): boolean;
  /** Starts writing at once what is waiting. */
  flush(): Promise<void>;
}

export interface LineFileOptions {
  /** Most that this process adds, bytes. */
  readonly maxBytes: number;
}

/** How long a line waits at most, ms: what a `kill -9` may cost. */
const FLUSH_MS = 500;
/** How long the end waits for a disk that hangs, ms. */
const CLOSE_MS = 2_000;

/** Appends to a file, which is made when there is something to write. */
export function openLineFile(
  deps: { readonly clock: Clock },
  path: string,
  options: LineFileOptions,
): LineFile {
  return new AppendedFile(deps.clock, path, options.maxBytes);
}

class AppendedFile implements LineFile {
  readonly #clock: Clock;
  readonly #path: string;
  readonly #over = new AbortController();
  #file: Promise<FileHandle> | null = null;
  #waiting = "";
  #leftBytes: number;
  #tail: Promise<void> = Promise.resolve();
  #isTimed = false;
  #isBroken = false;

  constructor(clock: Clock, path: string, maxBytes: number) {
    this.#clock = clock;
    this.#path = path;
    this.#leftBytes = maxBytes;
  }

  write(line: string): boolean {
    const sizeBytes = Buffer.byteLength(line) + 1;
    if (this.#isBroken || this.#over.signal.aborted || sizeBytes > this.#leftBytes) return false;
    this.#leftBytes -= sizeBytes;
    this.#waiting += `${line}\n`;
    this.#flushSoon();
    return true;
  }

  flush(): Promise<void> {
    this.#tail = this.#tail.then(() => this.#drain());
    return this.#tail;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#over.signal.aborted) return;
    this.#over.abort(new Error("the file is closed"));
    const written = new AbortController();
    const limit = this.#clock.sleep(CLOSE_MS, written.signal).catch(() => undefined);
    await Promise.race([this.#finish(), limit]);
    written.abort(new Error("written"));
  }

  #flushSoon(): void {
    if (this.#isTimed) return;
    this.#isTimed = true;
    this.#clock.sleep(FLUSH_MS, this.#over.signal).then(
      () => {
        this.#isTimed = false;
        return this.flush();
      },
      () => undefined,
    );
  }

  async #drain(): Promise<void> {
    const text = this.#waiting;
    this.#waiting = "";
    if (text === "" || this.#isBroken) return;
    try {
      this.#file ??= openForAppending(this.#path);
      await (await this.#file).appendFile(text);
    } catch {
      // A disk that is full or gone costs telemetry, never the run.
      this.#isBroken = true;
    }
  }

  async #finish(): Promise<void> {
    await this.flush();
    await this.#file?.then((handle) => handle.close()).catch(() => undefined);
  }
}

/** The folder lies in a project that anyone may have sent: a link there leads nowhere. */
function openForAppending(path: string): Promise<FileHandle> {
  const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  return open(path, O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW | O_NONBLOCK, 0o644);
}
