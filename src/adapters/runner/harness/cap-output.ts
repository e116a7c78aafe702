/** Bytes of each stream that are kept; what comes after it is dropped, not an error. */
const KEPT_BYTES = 256 * 1024;

type Done = (failure?: Error | null) => void;

/**
 * Drops what a talkative target prints beyond a limit well below the sandbox's, which ends the
 * process. What goes around the streams of Node still meets that one.
 */
export function capOutput(): void {
  // eslint-disable-next-line no-restricted-syntax -- runs inside the user's runner, whose streams it caps
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (...parts: unknown[]) => boolean;
    let left = KEPT_BYTES;
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      left -= chunk.length;
      if (left >= 0) return write(chunk, ...rest);
      const done = rest.at(-1);
      if (typeof done === "function") setImmediate(done as Done, null);
      return true;
    };
  }
}
