import type { PrivateNode } from "./private-node.ts";

/** How far the tests of a process are. */
export interface TestCount {
  readonly registered: number;
  readonly reported: number;
}

/** What keeps a process alive after its last test. */
export interface HeldOpen {
  /** Kinds of handles as Node names them, such as `TCPServerWrap`. */
  readonly resources: readonly string[];
  /** Whether they stood before the first test began, so that no test is to blame. */
  readonly isFromLoading: boolean;
}

export interface HeldOpenWatch {
  /** Before the first test. */
  markLoaded(): void;
}

const TICK_MS = 250;
/** How long a process may stay alive after its last test: time for what ends by itself. */
const GRACE_MS = 2_000;

/**
 * Tells when every test has its result and the process lives on. Runners without a process of their
 * own to end would wait for ever, as the user's would.
 */
export function watchHeldOpen(
  node: PrivateNode,
  count: () => TestCount,
  onHeld: (held: HeldOpen) => void,
): HeldOpenWatch {
  let loaded: readonly string[] | null = null;
  let doneSince: number | null = null;
  let lastReported = 0;
  const timer = node.setInterval(() => {
    const { registered, reported } = count();
    // Subtests are reported without being registered, so a result also shows that work goes on.
    if (registered === 0 || reported < registered || reported !== lastReported) {
      doneSince = null;
      lastReported = reported;
      return;
    }
    doneSince ??= node.monotonic();
    if (node.monotonic() - doneSince < GRACE_MS) return;
    node.clearInterval(timer);
    const resources = [...new Set(node.listActiveResources())].sort();
    onHeld({
      resources,
      isFromLoading: resources.some((name) => isLasting(name) && loaded?.includes(name) === true),
    });
  }, TICK_MS);
  timer.unref();
  return {
    markLoaded: () => {
      loaded ??= node.listActiveResources();
    },
  };
}

/** Standard streams and files are always there. */
function isLasting(resource: string): boolean {
  return !/^(?:PipeWrap|TTYWrap|FSReq.*|CloseReq|Immediate|FileHandle.*|TickObject)$/u.test(
    resource,
  );
}
