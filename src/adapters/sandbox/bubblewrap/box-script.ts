import { isAbsolute } from "node:path";
import type { SandboxLimits } from "../../../ports/sandbox.ts";
import { MOST_OPEN_FILES } from "../host-tools.ts";

/** What the script inside does around the command. */
export interface BoxScriptInput {
  readonly work: string;
  readonly layers: readonly string[];
  readonly limits: SandboxLimits;
  /** CPU seconds of each process; a backstop for the wall timer. */
  readonly cpuSeconds: number;
  readonly collect: readonly string[];
  readonly collectBytes: number;
}

/**
 * The POSIX shell script that is the first program inside: fills the work copy, says that it is ready,
 * runs `"$@"` under its limits, kills what the command left behind, and hands files back. It talks over
 * descriptor 4 (see `control-channel.ts`), which the command does not get. A shell, since it starts in
 * 1 ms; limits by `ulimit`, since that needs no further tool.
 */
export function createBoxScript(input: BoxScriptInput): string {
  const { limits } = input;
  return [
    // The shell's own remarks ("Killed") would be taken for the command's.
    "exec 9>&2 2>/dev/null",
    // Traps are reset in the command, ignored signals would not be.
    "trap : HUP INT TERM",
    "fail() { printf 'S%s' \"$1\" >&4; exit 125; }",
    `cd ${quote(input.work)} || fail "no work folder"`,
    ...input.layers.map(
      (layer) => `m=$(cp -a --remove-destination ${quote(`${layer}/.`)} . 2>&1) || fail "$m"`,
    ),
    "unset OLDPWD",
    "(",
    "ulimit -c 0 || fail 'ulimit -c'",
    setLimit("-n", MOST_OPEN_FILES),
    setLimit("-t", input.cpuSeconds),
    setLimit("-f", Math.floor(limits.fileBytes / 512)),
    setLimit("-d", Math.floor(limits.memoryBytes / 1024)),
    // The process limit is -u in bash and ksh, -p in dash and busybox.
    `ulimit -u ${limits.processes} || ulimit -p ${limits.processes} || fail 'ulimit -u'`,
    "printf R >&4",
    'exec "$@" 2>&9 4>&- 9>&-',
    ")",
    "code=$?",
    "kill -s KILL -- -1",
    "printf 'X%d\\n' \"$code\" >&4",
    takeFunction(input.collectBytes),
    ...input.collect.map((path, index) => `take ${index} ${quote(toSafePath(path))}`),
    "exit 0",
    "",
  ].join("\n");
}

/** Where the machine itself allows less, less is what holds. */
function setLimit(flag: string, value: number): string {
  const most = String(Math.max(1, Math.floor(value)));
  return `ulimit ${flag} ${most} || [ "$(ulimit ${flag})" -le ${most} ] || fail 'ulimit ${flag}'`;
}

/** Regular files only: a link, pipe or device left in place of a report is passed over. */
function takeFunction(capBytes: number): string {
  return [
    "take() {",
    '[ -f "$2" ] && [ ! -L "$2" ] || return 0',
    'n=$(wc -c <"$2") && n=$((n)) || return 0',
    `k=$n; [ "$k" -gt ${capBytes} ] && k=${capBytes}`,
    'printf \'F%d %d %d\\n\' "$1" "$k" "$n" >&4',
    'head -c "$k" <"$2" >&4',
    "}",
  ].join("\n");
}

function toSafePath(path: string): string {
  if (isAbsolute(path) || path === "" || path.split("/").includes("..")) {
    throw new RangeError(`${JSON.stringify(path)} is not a path within the work copy`);
  }
  return `./${path}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
