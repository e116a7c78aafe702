import { spawn, type ChildProcess } from "node:child_process";
import { lookup as lookUpInProcess, type LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { z } from "zod";
import { toEntryPath } from "../../kernel/entry-url.ts";

/** Finds the addresses of names, and can be ended at any moment. */
export interface NameLookup extends Disposable {
  /** As `net.connect`, agents of `node:http` and undici take it. */
  readonly lookup: LookupFunction;
}

interface NameLookupDeps {
  /** Monotonic time, ms. */
  readonly clock: { monotonic(): number };
}

interface NameLookupOptions {
  /** Of one lookup. @defaultValue 4000 */
  readonly limitMs?: number;
}

/** A resolver's own limit is up to 30 s (resolv.conf(5): 5 s, two attempts, three servers). */
const LIMIT_MS = 4_000;
/** How long what was found, or not, counts for those who ask next. */
const KEPT_MS = 30_000;
const KEPT_FAILURE_MS = 1_000;

/**
 * Each name is looked up by a small process of its own. getaddrinfo(3) cannot be given up: while it waits for a
 * server that is silent, it holds one of the four threads by which this process reads and writes all files, and
 * `process.exit` waits for it. A process can be killed.
 */
export function createNameLookup(
  { clock }: NameLookupDeps,
  { limitMs = LIMIT_MS }: NameLookupOptions = {},
): NameLookup {
  const running = new Set<ChildProcess>();
  const known = new Map<string, { readonly found: Promise<Found>; untilMs: number }>();
  let isClosed = false;

  const find = (name: string): Promise<Found> => {
    const before = known.get(name);
    if (before !== undefined && clock.monotonic() < before.untilMs) return before.found;
    const entry = { found: askProcess(name, limitMs, running), untilMs: Infinity };
    known.set(name, entry);
    void entry.found.then(({ kind }) => {
      entry.untilMs = clock.monotonic() + (kind === "found" ? KEPT_MS : KEPT_FAILURE_MS);
    });
    return entry.found;
  };
  return {
    lookup(name, options, callback) {
      if (isOfThisMachine(name)) {
        lookUpInProcess(name, { ...options, all: false }, (failure, address, family) => {
          answer(callback, options, failure === null ? toFound(address, family) : toLost(failure));
        });
        return;
      }
      const closed: Found = { kind: "lost", code: "ECANCELLED" };
      void (isClosed ? Promise.resolve(closed) : find(name)).then((found) => {
        answer(callback, options, found, name);
      });
    },
    [Symbol.dispose]() {
      isClosed = true;
      for (const child of running) child.kill("SIGKILL");
    },
  };
}

type Found =
  | { readonly kind: "found"; readonly addresses: readonly LookupAddress[] }
  | { readonly kind: "lost"; readonly code: string };

const foundSchema: z.ZodType<Found> = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("found"),
    addresses: z.array(z.strictObject({ address: z.string(), family: z.literal([4, 6]) })).min(1),
  }),
  z.strictObject({ kind: z.literal("lost"), code: z.string() }),
]);

/** Resolves always. */
function askProcess(name: string, limitMs: number, running: Set<ChildProcess>): Promise<Found> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [toEntryPath(import.meta.url, "./look-up-main"), name], {
      stdio: ["ignore", "pipe", "ignore"],
      timeout: limitMs,
      killSignal: "SIGKILL",
      windowsHide: true,
    });
    running.add(child);
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (piece: string) => (text += piece));
    child.on("error", () => {
      running.delete(child);
      // No process to be had: better a lookup that may hang than none.
      if (child.pid === undefined) lookUpHere(name, resolve);
    });
    child.on("close", () => {
      running.delete(child);
      if (child.pid !== undefined) resolve(readFound(text));
    });
  });
}

function readFound(text: string): Found {
  // As getaddrinfo says it where no server answers.
  if (text === "") return { kind: "lost", code: "EAI_AGAIN" };
  try {
    return foundSchema.parse(JSON.parse(text));
  } catch {
    return { kind: "lost", code: "EAI_FAIL" };
  }
}

function lookUpHere(name: string, resolve: (found: Found) => void): void {
  lookUpInProcess(name, { all: true }, (failure, addresses) => {
    resolve(failure === null ? { kind: "found", addresses } : toLost(failure));
  });
}

/** Such names are in the hosts file, or are made up by the resolver (RFC 6761, section 6.3). */
function isOfThisMachine(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost");
}

function toFound(address: string, family: number): Found {
  return { kind: "found", addresses: [{ address, family }] };
}

function toLost(failure: NodeJS.ErrnoException): Found {
  return { kind: "lost", code: failure.code ?? "EAI_FAIL" };
}

/** Answers as `dns.lookup` does: all addresses, or the first of the family that is asked for. */
function answer(
  callback: Parameters<LookupFunction>[2],
  { all, family }: Parameters<LookupFunction>[1],
  found: Found,
  name = "localhost",
): void {
  const wanted = family === "IPv4" ? 4 : family === "IPv6" ? 6 : (family ?? 0);
  const addresses =
    found.kind === "found"
      ? found.addresses.filter((one) => wanted === 0 || one.family === wanted)
      : [];
  const [first] = addresses;
  if (first === undefined) {
    const code = found.kind === "lost" ? found.code : "ENOTFOUND";
    callback(toFailure(code, name), "", 0);
  } else if (all === true) callback(null, [...addresses]);
  else callback(null, first.address, first.family);
}

function toFailure(code: string, hostname: string): NodeJS.ErrnoException {
  const failure = new Error(`getaddrinfo ${code} ${hostname}`);
  return Object.assign(failure, { code, syscall: "getaddrinfo", hostname });
}
