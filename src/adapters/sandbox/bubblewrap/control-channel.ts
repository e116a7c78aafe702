/**
 * What the script inside says over descriptor 4, in this order: `S<message>` when the set-up failed
 * (then nothing more), or `R` just before the command starts, `X<code>\n` after it ended, and for each
 * collected file `F<index> <bytes> <total>\n` and the bytes.
 */
export interface ControlReport {
  readonly setupFailure: string | null;
  readonly hasStarted: boolean;
  /** The command's exit code as a shell sees it (128 + n for signal n), or null when none came. */
  readonly exitCode: number | null;
  /** Index in `collect` → content. */
  readonly files: ReadonlyMap<number, { readonly content: Buffer; readonly truncated: boolean }>;
}

const NEWLINE = 10;
const READY = 0x52;
const SETUP_FAILED = 0x53;

/**
 * Reads the channel as hostile input: whatever does not fit ends the reading, and what was read so far
 * counts. The command cannot write here, but its processes share a user with the script.
 */
export function parseControl(bytes: Buffer): ControlReport {
  const files = new Map<number, { content: Buffer; truncated: boolean }>();
  const report = { setupFailure: null, hasStarted: false, exitCode: null, files };
  if (bytes[0] === SETUP_FAILED) {
    return { ...report, setupFailure: bytes.subarray(1, 4_096).toString("utf8").trim() };
  }
  if (bytes[0] !== READY) return report;
  // A failing `ulimit` or `exec` after the marker is the command's own failure.
  const codeEnd = bytes.indexOf(NEWLINE, 1);
  const code = /^X(\d{1,3})$/u.exec(bytes.subarray(1, codeEnd).toString("latin1"));
  if (codeEnd === -1 || code === null) return { ...report, hasStarted: true };
  let from = codeEnd + 1;
  while (from < bytes.length) {
    const lineEnd = bytes.indexOf(NEWLINE, from);
    const header = /^F(\d{1,6}) (\d{1,15}) (\d{1,15})$/u.exec(
      bytes.subarray(from, lineEnd === -1 ? from : lineEnd).toString("latin1"),
    );
    if (header === null) break;
    const length = Number(header[2]);
    const content = bytes.subarray(lineEnd + 1, lineEnd + 1 + length);
    if (content.length < length) break;
    files.set(Number(header[1]), { content, truncated: Number(header[3]) > length });
    from = lineEnd + 1 + length;
  }
  return { ...report, hasStarted: true, exitCode: Number(code[1]) };
}
