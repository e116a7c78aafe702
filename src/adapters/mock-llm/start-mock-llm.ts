import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../kernel/clock.ts";
import { RegooseError, toMessage } from "../../kernel/errors.ts";
import { createRandom } from "../../kernel/random.ts";
import { answerRequest, type MockRequest } from "./answer-request.ts";
import { openRecordings } from "./recordings.ts";
import { type MockScript, scriptSchema, type ScriptInput } from "./script.ts";

export interface MockLlmOptions {
  /** @defaultValue 0, any that is free */
  readonly port?: number;
  readonly script?: ScriptInput;
  /** Seed of the jitter. @defaultValue 1 */
  readonly seed?: number;
  /** Folder of recorded answers; with `upstream` they are made, without they are replayed and nothing else is said. */
  readonly recordings?: string;
  /** Base address of the provider that is recorded. */
  readonly upstream?: string;
  /** Called for each request when its answer is decided. */
  readonly onRequest?: (request: MockRequest) => void;
}

/** A server that speaks as OpenAI, Anthropic and Gemini do, on loopback only. */
export interface MockLlm extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`; providers hang their own paths below it. */
  readonly url: string;
  readonly port: number;
  /** What was asked so far, in order. */
  readonly requests: readonly MockRequest[];
  /** Takes another script for what comes; counts of requests go on. */
  play(script: ScriptInput): void;
}

/** Largest request that is read, bytes. */
const MOST_BYTES = 64 * 1024 * 1024;

/** @throws AddressUnavailable (RGS-5002), MockScriptInvalid (RGS-4031) */
export async function startMockLlm(
  { clock }: { readonly clock: Clock },
  options: MockLlmOptions = {},
): Promise<MockLlm> {
  const requests: MockRequest[] = [];
  const stop = new AbortController();
  const state = {
    script: parseScript(options.script ?? {}),
    uses: new Map<object, number>(),
  };
  const { recordings: folder, upstream = null } = options;
  const parts = {
    clock,
    random: createRandom(options.seed ?? 1),
    recordings: folder === undefined ? null : openRecordings(clock, folder),
    upstream,
    countUse: (one: object): number => {
      const uses = (state.uses.get(one) ?? 0) + 1;
      state.uses.set(one, uses);
      return uses;
    },
    usesOf: (one: object): number => state.uses.get(one) ?? 0,
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.once("close", () => {
      gone.abort();
    });
    const body = await readBody(request);
    await answerRequest(
      { ...parts, script: state.script, signal: AbortSignal.any([stop.signal, gone.signal]) },
      { request, body, number: requests.length + 1 },
      response,
      (seen) => {
        requests.push(seen);
        options.onRequest?.(seen);
      },
    );
  };
  const server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
    serve(request, response).catch((failure: unknown) => {
      if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
      response.end(`mock-llm: ${toMessage(failure)}`);
    });
  });
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    play(script) {
      state.script = parseScript(script);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await close(server);
    },
  };
}

async function listen(server: Server, wanted: number): Promise<number> {
  server.listen(wanted, "127.0.0.1");
  await once(server, "listening").catch((failure: unknown) => {
    throw new RegooseError("RGS-5002", `cannot listen on 127.0.0.1:${wanted}`, { cause: failure });
  });
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}

function parseScript(input: ScriptInput): MockScript {
  const parsed = scriptSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.map(String).join(".") ?? "";
  throw new RegooseError("RGS-4031", `the script of mock-llm: ${place}: ${issue?.message ?? ""}`);
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MOST_BYTES) throw new Error("the request is larger than 64 MiB");
    pieces.push(piece);
  }
  const text = Buffer.concat(pieces).toString("utf8");
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}
