import { Buffer } from "node:buffer";

/** Keeps the first `capBytes` of a stream and says when there was more. */
export class OutputSink {
  readonly #chunks: Buffer[] = [];
  readonly #capBytes: number;
  #sizeBytes = 0;
  #isExceeded = false;

  constructor(capBytes: number) {
    this.#capBytes = capBytes;
  }

  get isExceeded(): boolean {
    return this.#isExceeded;
  }

  /** Answers false once the cap is passed; what is beyond it is dropped. */
  push(chunk: Buffer): boolean {
    const room = this.#capBytes - this.#sizeBytes;
    if (chunk.length > room) this.#isExceeded = true;
    const kept = chunk.length > room ? chunk.subarray(0, Math.max(0, room)) : chunk;
    if (kept.length > 0) this.#chunks.push(kept);
    this.#sizeBytes += kept.length;
    return !this.#isExceeded;
  }

  toBytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  toText(): string {
    return this.toBytes().toString("utf8");
  }
}
