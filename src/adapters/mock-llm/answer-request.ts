import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import { composeReply } from "./compose-reply.ts";
import { anthropicDialect } from "./dialects/anthropic.ts";
import type {
  AskedFor,
  Dialect,
  DialectName,
  Frame,
  MockReply,
  MockUsage,
} from "./dialects/dialect.ts";
import { googleDialect } from "./dialects/google.ts";
import { openAiDialect } from "./dialects/openai.ts";
import type { CannedAnswer, FaultAction } from "./fault-actions.ts";
import { type FaultName, FAULTS } from "./faults.ts";
import type { Recordings } from "./recordings.ts";
import { holds, type MockScript, type ScriptedAnswer, type ScriptedFault } from "./script.ts";
import { type Outgoing, sendBody, sendBroken, sendFrames } from "./send.ts";

/** One request as the journal keeps it. Headers that hold a key are left out. */
export interface MockRequest {
  readonly number: number;
  readonly dialect: DialectName | null;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly fault: FaultName | null;
  /** What the answer says that it used; null where that is no part of what is sent. */
  readonly usage: MockUsage | null;
}

export interface AnswerParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly script: MockScript;
  readonly signal: AbortSignal;
  readonly recordings: Recordings | null;
  readonly upstream: string | null;
  countUse(one: object): number;
  usesOf(one: object): number;
}

interface Incoming {
  readonly request: IncomingMessage;
  readonly body: Record<string, unknown>;
  readonly number: number;
}

const SECRET_HEADERS = new Set(["authorization", "x-api-key", "x-goog-api-key"]);

/** Decides what a request gets, tells `note`, and sends it. */
export async function answerRequest(
  parts: AnswerParts,
  { request, body, number }: Incoming,
  response: ServerResponse,
  note: (request: MockRequest) => void,
): Promise<void> {
  const path = request.url ?? "/";
  const dialect = findDialect(request.method, path);
  const seen = {
    number,
    path,
    headers: toShownHeaders(request),
    body,
    dialect: dialect?.name ?? null,
  };
  if (dialect === null) {
    note({ ...seen, fault: null, usage: null });
    sendOther(parts.script, path, response);
    return;
  }
  if (parts.recordings !== null) {
    note({ ...seen, fault: null, usage: null });
    await useRecordings(
      parts,
      parts.recordings,
      { path, body, headers: request.headers },
      dialect,
      response,
    );
    return;
  }
  const asked = dialect.read(path, body);
  const facts = { number, model: asked.model, text: asked.text };
  const fits = (one: {
    readonly when?: ScriptedAnswer["when"];
    readonly times?: number | undefined;
  }): boolean => holds(one.when, facts) && parts.usesOf(one) < (one.times ?? Infinity);
  const fault = parts.script.faults.find(fits);
  if (fault !== undefined) parts.countUse(fault);
  const action = fault === undefined ? null : FAULTS[fault.fault].action;
  if (action?.kind === "canned" || !isKeyTaken(parts.script, request)) {
    note({ ...seen, fault: fault?.fault ?? null, usage: null });
    sendCanned(
      dialect,
      response,
      action?.kind === "canned" ? action.make(fault ?? {}, parts.clock.now()) : KEY_UNKNOWN,
    );
    return;
  }
  const answer = parts.script.answers.find(fits);
  if (answer !== undefined) parts.countUse(answer);
  const plain = composeReply(asked, answer);
  const reply = action?.kind === "reply" ? action.change(plain) : plain;
  const content = toContent(dialect, asked, reply, action);
  const usage = saysUsage(content.frames, action) ? reply.usage : null;
  note({ ...seen, fault: fault?.fault ?? null, usage });
  const out = { ...parts, response, pace: parts.script.pace, headers: answer?.headers ?? {} };
  await send(out, content, action, fault);
}

/** An answer as a stream, if it was asked for as one, and whole. */
interface Content {
  readonly frames: readonly Frame[] | null;
  readonly body: unknown;
}

function toContent(
  dialect: Dialect,
  asked: AskedFor,
  reply: MockReply,
  action: FaultAction | null,
): Content {
  const plain = asked.isStream ? dialect.toFrames(reply) : null;
  const frames = plain !== null && action?.kind === "frames" ? action.change(plain) : plain;
  return { frames, body: dialect.toBody(reply) };
}

/** The counts stand at the end of an answer, so that only what comes to its end says them. */
function saysUsage(frames: readonly Frame[] | null, action: FaultAction | null): boolean {
  if (action?.kind === "wire") return action.fault === "drip";
  return frames === null || frames.some(({ kind }) => kind === "usage" || kind === "finish");
}

async function send(
  out: Outgoing,
  { frames, body }: Content,
  action: FaultAction | null,
  fault: ScriptedFault | undefined,
): Promise<void> {
  if (action?.kind === "wire") await sendBroken(out, action.fault, fault ?? {}, { frames, body });
  else if (frames === null) await sendBody(out, body);
  else await sendFrames(out, frames);
}

const KEY_UNKNOWN: CannedAnswer = {
  status: 401,
  headers: {},
  body: null,
  kind: "authentication_error",
  message: "unknown api key",
};

function sendCanned(
  dialect: Dialect,
  response: ServerResponse,
  { status, headers, body, kind, message }: CannedAnswer,
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body ?? JSON.stringify(dialect.toError(status, { kind, message })));
}

async function useRecordings(
  parts: AnswerParts,
  recordings: Recordings,
  asked: {
    readonly path: string;
    readonly body: unknown;
    readonly headers: IncomingMessage["headers"];
  },
  dialect: Dialect,
  response: ServerResponse,
): Promise<void> {
  if (parts.upstream !== null) {
    await recordings.record(asked, parts.upstream, response, parts.signal);
    return;
  }
  if (await recordings.replay(asked, response)) return;
  const message = "mock-llm has no recording of this request";
  // A status that no provider sends, so that no client takes it for an answer of one.
  sendCanned(dialect, response, {
    status: 501,
    headers: {},
    body: null,
    kind: "replay_miss",
    message,
  });
}

function findDialect(method: string | undefined, path: string): Dialect | null {
  if (method !== "POST") return null;
  const [route = ""] = path.split("?");
  if (route.endsWith("/chat/completions")) return openAiDialect;
  if (route.endsWith("/messages")) return anthropicDialect;
  return /:(?:streamG|g)enerateContent$/u.test(route) ? googleDialect : null;
}

function sendOther({ models }: MockScript, path: string, response: ServerResponse): void {
  const isList = /\/models(?:\?|$)/u.test(path);
  const names = models.map((id) => ({ id, object: "model", name: `models/${id}` }));
  const found = isList
    ? { object: "list", data: names, models: names }
    : { error: { message: "not found" } };
  response.writeHead(isList ? 200 : 404, { "content-type": "application/json" });
  response.end(JSON.stringify(found));
}

function isKeyTaken({ keys }: MockScript, { headers }: IncomingMessage): boolean {
  if (keys.length === 0) return true;
  const given = [
    headers.authorization?.replace(/^Bearer /u, ""),
    headers["x-api-key"],
    headers["x-goog-api-key"],
  ];
  return given.some((key) => typeof key === "string" && keys.includes(key));
}

function toShownHeaders({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === "string" && !SECRET_HEADERS.has(name) ? [[name, value]] : [],
    ),
  );
}
