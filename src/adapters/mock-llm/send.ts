import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import type { Clock } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import type { Frame } from "./dialects/dialect.ts";
import type { FaultOptions, WireFault } from "./fault-actions.ts";
import type { Pace } from "./script.ts";

/** One answer on its way out. */
export interface Outgoing {
  readonly response: ServerResponse;
  readonly clock: Clock;
  readonly random: Random;
  readonly pace: Pace;
  /** Aborts when the client is gone or the server stops. */
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string>>;
}

const HOLD_MS = 600_000;

/** Sends a JSON body. */
export async function sendBody(out: Outgoing, body: unknown): Promise<void> {
  await wait(out, out.pace.firstTokenMs);
  const text = JSON.stringify(body);
  out.response.writeHead(200, { ...out.headers, "content-type": "application/json" }).end(text);
}

/** Sends frames as server-sent events, at the pace of the script. */
export async function sendFrames(out: Outgoing, frames: readonly Frame[]): Promise<void> {
  out.response.writeHead(200, { ...out.headers, "content-type": "text/event-stream" });
  out.response.flushHeaders();
  await wait(out, out.pace.firstTokenMs);
  for (const frame of frames) {
    out.response.write(toEvent(frame));
    if (hasContent(frame)) await waitForToken(out);
  }
  out.response.end();
}

/** Does to the bytes of an answer what the fault says. Returns when the connection is done. */
export async function sendBroken(
  out: Outgoing,
  fault: WireFault,
  options: FaultOptions,
  { frames, body }: { readonly frames: readonly Frame[] | null; readonly body: unknown },
): Promise<void> {
  const whole = frames?.map(toEvent).join("") ?? JSON.stringify(body);
  const part =
    frames === null ? whole.slice(0, whole.length / 2) : cutFrames(frames, options.after ?? 3);
  const type = frames === null ? "application/json" : "text/event-stream";
  await BREAKERS[fault]({ out, options, frames: frames ?? [], whole, part, type });
}

interface Broken {
  readonly out: Outgoing;
  readonly options: FaultOptions;
  readonly frames: readonly Frame[];
  readonly whole: string;
  readonly part: string;
  readonly type: string;
}

const BREAKERS: Readonly<Record<WireFault, (broken: Broken) => Promise<void> | void>> = {
  reset: ({ out }) => void toSocket(out.response).resetAndDestroy(),
  silence: hold,
  "silence-after-headers": async (broken) => {
    begin(broken);
    await hold(broken);
  },
  hang: async (broken) => {
    begin(broken);
    broken.out.response.write(broken.part);
    await hold(broken);
  },
  cut: (broken) => {
    begin(broken);
    broken.out.response.end(broken.part);
  },
  "reset-in-stream": async (broken) => {
    begin(broken);
    await flush(broken);
    // A reset that overtakes the bytes takes them with it.
    await wait(broken.out, 20);
    toSocket(broken.out.response).resetAndDestroy();
  },
  "gzip-cut": (broken) => {
    begin(broken, { "content-encoding": "gzip" });
    const bytes = gzipSync(broken.whole);
    broken.out.response.end(bytes.subarray(0, bytes.length / 2));
  },
  "length-short": async (broken) => {
    begin(broken, { "content-length": Buffer.byteLength(broken.whole) });
    await flush(broken);
    toSocket(broken.out.response).destroy();
  },
  endless: async (broken) => {
    begin(broken);
    await sendForEver(broken.out, broken.frames);
  },
  drip: async (broken) => {
    begin(broken);
    const { out, whole, options } = broken;
    for (let at = 0; at < whole.length && !out.signal.aborted; at += 64) {
      out.response.write(whole.slice(at, at + 64));
      await wait(out, options.holdMs ?? 20);
    }
    out.response.end();
  },
};

function begin({ out, type }: Broken, more: Readonly<Record<string, string | number>> = {}): void {
  out.response.writeHead(200, { ...out.headers, "content-type": type, ...more });
  out.response.flushHeaders();
}

/** Says nothing until the client or the time is gone, and hangs up. */
async function hold({ out, options }: Broken): Promise<void> {
  await wait(out, options.holdMs ?? HOLD_MS);
  out.response.socket?.destroy();
}

function flush({ out, part }: Broken): Promise<void> {
  return new Promise((done) => {
    out.response.write(part, () => {
      done();
    });
  });
}

/** Text without an end, but not without a limit on what waits to be sent. */
async function sendForEver(out: Outgoing, frames: readonly Frame[]): Promise<void> {
  const [start] = frames;
  const text = frames
    .filter(({ kind }) => kind === "text")
    .map(toEvent)
    .join("")
    .repeat(100);
  if (start !== undefined) out.response.write(toEvent(start));
  while (!out.signal.aborted && text !== "") {
    const isRoom = out.response.write(text);
    await wait(out, isRoom ? 0 : 5);
  }
}

function cutFrames(frames: readonly Frame[], after: number): string {
  let left = after;
  const end = frames.findIndex((frame) => hasContent(frame) && (left -= 1) < 0);
  return frames
    .slice(0, end === -1 ? frames.length - 1 : end)
    .map(toEvent)
    .join("");
}

function hasContent({ kind }: Frame): boolean {
  return kind === "text" || kind === "reasoning" || kind === "tool";
}

function toEvent({ event, data }: Frame): string {
  return `${event === null ? "" : `event: ${event}\n`}data: ${data}\n\n`;
}

async function waitForToken(out: Outgoing): Promise<void> {
  const { tokensPerSecond, jitter } = out.pace;
  if (tokensPerSecond === null) return;
  const share = 1 + jitter * (out.random.next() * 2 - 1);
  await wait(out, (1_000 / tokensPerSecond) * share);
}

/** Ends early, without an error, when nobody listens any more. */
async function wait({ clock, signal }: Outgoing, ms: number): Promise<void> {
  if (ms > 0) await clock.sleep(ms, signal).catch(() => undefined);
}

function toSocket(response: ServerResponse): Socket {
  if (response.socket === null) throw new Error("the client has gone");
  return response.socket;
}
