import type { Readable } from "node:stream";

/**
 * Cuts a stream into lines for one reader. The stream is paused while more than `capBytes` wait, so a
 * reader that stops reading holds back the writer instead of filling memory.
 */
export class LineQueue implements AsyncIterable<string> {
  readonly #stream: Readable;
  readonly #capBytes: number;
  readonly #onTooLong: () => void;
  readonly #lines: string[] = [];
  #partial: Buffer[] = [];
  #partialBytes = 0;
  #waitingBytes = 0;
  #isEnded = false;
  #wake: (() => void) | null = null;

  /** `onTooLong` is called once, when a line is longer than `capBytes`; the queue then ends. */
  constructor(stream: Readable, capBytes: number, onTooLong: () => void) {
    this.#stream = stream;
    this.#capBytes = capBytes;
    this.#onTooLong = onTooLong;
    stream.on("data", (chunk: Buffer) => {
      this.#push(chunk);
    });
    const end = (): void => {
      this.#end();
    };
    stream.on("end", end);
    stream.on("close", end);
    stream.on("error", end);
  }

  /** Lets the stream run dry although nobody reads; called when its process has ended. */
  drain(): void {
    this.#stream.resume();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) {
        this.#waitingBytes -= line.length;
        if (this.#waitingBytes <= this.#capBytes) this.#stream.resume();
        yield line;
      } else if (this.#isEnded) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  #push(chunk: Buffer): void {
    if (this.#isEnded) return;
    let from = 0;
    for (;;) {
      const newline = chunk.indexOf(10, from);
      if (newline === -1) break;
      this.#partial.push(chunk.subarray(from, newline));
      if (!this.#completeLine()) return;
      from = newline + 1;
    }
    const rest = chunk.subarray(from);
    this.#partial.push(rest);
    this.#partialBytes += rest.length;
    if (this.#partialBytes > this.#capBytes) this.#refuse();
    else if (this.#waitingBytes > this.#capBytes) this.#stream.pause();
  }

  #completeLine(): boolean {
    const bytes = Buffer.concat(this.#partial);
    this.#partial = [];
    this.#partialBytes = 0;
    if (bytes.length > this.#capBytes) {
      this.#refuse();
      return false;
    }
    const line = bytes.toString("utf8");
    this.#lines.push(line.endsWith("\r") ? line.slice(0, -1) : line);
    this.#waitingBytes += line.length;
    this.#wakeReader();
    return true;
  }

  #refuse(): void {
    this.#partial = [];
    this.#partialBytes = 0;
    this.#isEnded = true;
    this.#wakeReader();
    this.#onTooLong();
  }

  #end(): void {
    if (this.#isEnded) return;
    if (this.#partialBytes > 0) this.#completeLine();
    this.#isEnded = true;
    this.#wakeReader();
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
