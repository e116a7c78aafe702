import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import { toErrno } from "../../kernel/errors.ts";
import { sha256, toCanonicalJson } from "../../kernel/hash.ts";

/** An answer of a real provider's, as it came over the wire. */
const recordingSchema = z.strictObject({
  path: z.string(),
  request: z.unknown(),
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  /** Pieces of the body with the time since the one before, ms. */
  pieces: z.array(z.strictObject({ afterMs: z.number(), text: z.string() })),
});

type Recording = z.infer<typeof recordingSchema>;

/** Kept of an answer; the rest is of one connection or may tell who asked. */
const KEPT_HEADERS = /^(?:content-type|retry-after.*|x-ratelimit-.*|anthropic-ratelimit-.*)$/u;
/** Sent on to the provider. The keys in them are never written down. */
const PASSED_HEADERS =
  /^(?:authorization|x-api-key|x-goog-api-key|content-type|accept|anthropic-.*|openai-.*)$/u;

interface Asked {
  readonly path: string;
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
}

/** A folder of recorded answers, named by the hash of path and body. */
export interface Recordings {
  /** Sends the recorded answer; false where there is none. */
  replay(asked: Asked, response: ServerResponse): Promise<boolean>;
  /** Asks the provider at `upstream`, sends its answer on and keeps it. */
  record(
    asked: Asked,
    upstream: string,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void>;
}

export function openRecordings(clock: Clock, folder: string): Recordings {
  const toFile = ({ path, body }: Asked): string =>
    join(folder, `${sha256(toCanonicalJson({ path: toKeyless(path), body })).slice(0, 32)}.json`);
  return {
    async replay(asked, response) {
      const text = await readFile(toFile(asked), "utf8").catch((failure: unknown) => {
        if (toErrno(failure) === "ENOENT") return null;
        throw failure;
      });
      if (text === null) return false;
      const { status, headers, pieces } = recordingSchema.parse(JSON.parse(text));
      response.writeHead(status, headers);
      for (const piece of pieces) response.write(piece.text);
      response.end();
      return true;
    },
    async record(asked, upstream, response, signal) {
      const answer = await fetch(`${upstream}${asked.path}`, {
        method: "POST",
        body: JSON.stringify(asked.body),
        headers: pickHeaders(asked.headers, PASSED_HEADERS),
        redirect: "manual",
        signal,
      });
      const headers = pickHeaders(Object.fromEntries(answer.headers), KEPT_HEADERS);
      response.writeHead(answer.status, headers);
      const pieces: Recording["pieces"] = [];
      let lastMs = clock.monotonic();
      const decoder = new TextDecoder();
      for await (const bytes of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
        response.write(bytes);
        const nowMs = clock.monotonic();
        pieces.push({
          afterMs: Math.round(nowMs - lastMs),
          text: decoder.decode(bytes, { stream: true }),
        });
        lastMs = nowMs;
      }
      const path = toKeyless(asked.path);
      const recording = { path, request: asked.body, status: answer.status, headers, pieces };
      await mkdir(folder, { recursive: true });
      const file = toFile(asked);
      const staged = `${file}.${randomUUID()}`;
      await writeFile(staged, `${JSON.stringify(recording, null, 2)}\n`, { mode: 0o600 });
      await rename(staged, file);
      // Last: whoever has heard the end of an answer finds it recorded.
      response.end();
    },
  };
}

/** Google's clients may put the key into the query. */
function toKeyless(path: string): string {
  return path.replace(/([?&])key=[^&]*&?/u, "$1");
}

function pickHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  kept: RegExp,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === "string" && kept.test(name) ? [[name, value]] : [],
    ),
  );
}
