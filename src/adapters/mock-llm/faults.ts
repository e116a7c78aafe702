import type { Frame, MockReply } from "./dialects/dialect.ts";
import type { Fault, FaultAction, FaultOptions, WireFault } from "./fault-actions.ts";

const canned = (
  status: number,
  kind: string,
  message: string,
  headers: (options: FaultOptions, nowMs: number) => Readonly<Record<string, string>> = () => ({}),
): FaultAction => ({
  kind: "canned",
  make: (options, nowMs) => ({
    status,
    kind,
    message,
    headers: headers(options, nowMs),
    body: null,
  }),
});
const seconds = ({ retryAfter = 1 }: FaultOptions): Readonly<Record<string, string>> => ({
  "retry-after": String(retryAfter),
});
const text = (status: number, type: string, body: string): FaultAction => ({
  kind: "canned",
  make: () => ({ status, kind: "", message: "", headers: { "content-type": type }, body }),
});
const reply = (change: (reply: MockReply) => MockReply): FaultAction => ({ kind: "reply", change });
const frames = (change: (frames: readonly Frame[]) => readonly Frame[]): FaultAction => ({
  kind: "frames",
  change,
});
const wire = (fault: WireFault): FaultAction => ({ kind: "wire", fault });
const RATE = "too many requests";

/** Names of faults in a script. */
export const FAULT_NAMES = [
  "rate-limit",
  "rate-limit-date",
  "rate-limit-bare",
  "retry-after-absurd",
  "retry-after-garbage",
  "status-502",
  "silence",
  "first-token-hang",
  "stream-cut",
  "garbage",
  "broken-tool-input",
  "wrong-schema",
  "refusal",
  "context-overflow",
  "wrong-usage",
  "no-usage",
  "key-rejected",
  "key-forbidden",
  "model-gone",
  "duplicate-tool-call",
  "quota-exhausted",
  "bad-parameter",
  "bad-request",
  "html",
  "error-in-200",
  "redirect",
  "length-short",
  "malformed-frame",
  "stream-error",
  "no-finish",
  "cut-tool-input",
  "duplicate-frames",
  "swapped-tool-frames",
  "status-500",
  "status-503",
  "overloaded",
  "stream-hang",
  "empty",
  "slow",
  "reset",
  "stream-reset",
  "gzip-cut",
  "endless",
  "answer-cut",
] as const;

export type FaultName = (typeof FAULT_NAMES)[number];

/** Every fault by its name. */
export const FAULTS: Readonly<Record<FaultName, Fault>> = {
  "rate-limit": {
    id: "F01",
    about: "429 with Retry-After in seconds",
    action: canned(429, "rate_limit_error", RATE, seconds),
  },
  "rate-limit-date": {
    id: "F02",
    about: "429 with Retry-After as a date",
    action: canned(429, "rate_limit_error", RATE, ({ retryAfter = 2 }, nowMs) => ({
      "retry-after": new Date(nowMs + retryAfter * 1_000).toUTCString(),
    })),
  },
  "rate-limit-bare": {
    id: "F03",
    about: "429 without a word on when",
    action: canned(429, "rate_limit_error", RATE),
  },
  "retry-after-absurd": {
    id: null,
    about: "429 that asks to come back in eleven days",
    action: canned(429, "rate_limit_error", RATE, () => ({ "retry-after": "999999" })),
  },
  "retry-after-garbage": {
    id: null,
    about: "429 whose Retry-After is neither number nor date",
    action: canned(429, "rate_limit_error", RATE, () => ({ "retry-after": "soon-ish" })),
  },
  "status-500": { id: "F04", about: "500", action: canned(500, "server_error", "internal error") },
  "status-502": {
    id: "F04",
    about: "502 of a proxy, in HTML",
    action: text(502, "text/html", "<html><body>Bad Gateway</body></html>"),
  },
  "status-503": { id: "F04", about: "503", action: canned(503, "server_error", "unavailable") },
  overloaded: { id: "F05", about: "529", action: canned(529, "overloaded_error", "overloaded") },
  silence: {
    id: "F06",
    about: "takes the connection and never says a word",
    action: wire("silence"),
  },
  "first-token-hang": {
    id: "F07",
    about: "headers, then silence",
    action: wire("silence-after-headers"),
  },
  "stream-hang": { id: "F08", about: "silence in mid-stream", action: wire("hang") },
  "stream-cut": {
    id: "F09",
    about: "the stream ends in good order without its last frames",
    action: wire("cut"),
  },
  garbage: {
    id: "F10",
    about: "status 200 with a body that is no JSON and no stream",
    action: text(200, "application/json", '{"id": "chatcmpl-mock", "choices": [{'),
  },
  "broken-tool-input": {
    id: "F10",
    about: "tool arguments that are no JSON",
    action: reply((one) => ({
      ...one,
      toolCalls: one.toolCalls.map((call) => ({ ...call, input: "{not json" })),
    })),
  },
  "wrong-schema": {
    id: "F11",
    about: "valid JSON of another shape",
    action: reply((one) => ({ ...one, text: '{"unexpected":true}' })),
  },
  empty: { id: "F12", about: "no text at all", action: reply((one) => ({ ...one, text: "" })) },
  refusal: {
    id: "F13",
    about: "the model refuses",
    action: reply((one) => ({
      ...one,
      text: "",
      refusal: "I cannot help with that.",
      finish: "content-filter",
    })),
  },
  "context-overflow": {
    id: "F14",
    about: "400: the prompt is longer than the context",
    action: canned(
      400,
      "context_length_exceeded",
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
    ),
  },
  "wrong-usage": {
    id: "F15",
    about: "fewer output tokens reported than frames sent, and a negative count",
    action: reply((one) => ({
      ...one,
      usage: { input: -5, output: 1, reasoning: 7, cacheRead: 0, cacheWrite: 0 },
    })),
  },
  "no-usage": {
    id: "F15",
    about: "no usage at all",
    action: reply((one) => ({ ...one, usage: null })),
  },
  "key-rejected": {
    id: "F16",
    about: "401",
    action: canned(401, "authentication_error", "invalid api key"),
  },
  "key-forbidden": {
    id: "F16",
    about: "403",
    action: canned(403, "permission_error", "forbidden"),
  },
  "model-gone": {
    id: "F17",
    about: "404: no such model",
    action: canned(404, "not_found_error", "the model does not exist"),
  },
  slow: { id: "F18", about: "every byte late, though all of them come", action: wire("drip") },
  "duplicate-tool-call": {
    id: "F19",
    about: "the same tool call twice",
    action: reply((one) => ({ ...one, toolCalls: [...one.toolCalls, ...one.toolCalls] })),
  },
  "quota-exhausted": {
    id: "F20",
    about: "429: the account has no money left",
    action: canned(429, "insufficient_quota", "You exceeded your current quota, check your plan."),
  },
  "bad-parameter": {
    id: null,
    about: "400 that names a parameter",
    action: {
      kind: "canned",
      make: ({ parameter = "temperature" }) => ({
        status: 400,
        headers: {},
        kind: "unsupported_parameter",
        message: `Unsupported parameter: '${parameter}' is not supported with this model.`,
        body: JSON.stringify({
          type: "error",
          error: {
            message: `Unsupported parameter: '${parameter}' is not supported with this model.`,
            type: "invalid_request_error",
            param: parameter,
            code: "unsupported_parameter",
          },
        }),
      }),
    },
  },
  "bad-request": {
    id: null,
    about: "400 without a parameter",
    action: canned(400, "invalid_request_error", "messages: at least one message is required"),
  },
  html: {
    id: null,
    about: "status 200 with a page, as a captive portal sends it",
    action: text(200, "text/html; charset=utf-8", "<!doctype html><title>Sign in</title>"),
  },
  "error-in-200": {
    id: null,
    about: "status 200 with an error as its body",
    action: text(
      200,
      "application/json",
      '{"error":{"message":"upstream failed","type":"server_error","code":502}}',
    ),
  },
  redirect: {
    id: null,
    about: "sends the request, and the key with it, elsewhere",
    action: {
      kind: "canned",
      make: () => ({
        status: 307,
        headers: { location: "http://127.0.0.1:9/elsewhere" },
        kind: "",
        message: "",
        body: "",
      }),
    },
  },
  reset: { id: null, about: "reset before a byte came", action: wire("reset") },
  "stream-reset": { id: null, about: "reset in mid-stream", action: wire("reset-in-stream") },
  "gzip-cut": { id: null, about: "a compressed body that breaks off", action: wire("gzip-cut") },
  "length-short": {
    id: null,
    about: "fewer bytes than Content-Length says",
    action: wire("length-short"),
  },
  endless: { id: null, about: "a stream that never ends", action: wire("endless") },
  "malformed-frame": {
    id: null,
    about: "one broken frame within a good stream",
    action: frames((all) =>
      insertAfterText(all, { kind: "other", event: null, data: '{"id":"x", "choi' }),
    ),
  },
  "stream-error": {
    id: null,
    about: "an error as a frame of the stream",
    action: frames((all) =>
      insertAfterText(all, {
        kind: "other",
        event: "error",
        data: '{"type":"error","error":{"type":"overloaded_error","message":"overloaded"}}',
      }),
    ),
  },
  "no-finish": {
    id: null,
    about: "all the text, and neither a reason to stop nor usage",
    action: frames((all) =>
      all.filter(({ kind }) => kind !== "finish" && kind !== "usage" && kind !== "end"),
    ),
  },
  "cut-tool-input": {
    id: null,
    about: "tool arguments that break off though the stream goes on",
    action: frames((all) => {
      const tools = all.filter(({ kind }) => kind === "tool");
      const lost = new Set(tools.slice(Math.max(1, tools.length - 2)));
      return all.filter((frame) => !lost.has(frame));
    }),
  },
  "duplicate-frames": {
    id: null,
    about: "each frame with text twice",
    action: frames((all) =>
      all.flatMap((frame) =>
        frame.kind === "text" || frame.kind === "tool" ? [frame, frame] : [frame],
      ),
    ),
  },
  "swapped-tool-frames": {
    id: null,
    about: "pieces of tool arguments in the wrong order",
    action: frames((all) => {
      const tools = all.filter(({ kind }) => kind === "tool");
      const [head, ...rest] = tools;
      const turned = [head, ...rest.reverse()];
      let next = 0;
      return all.flatMap((frame) => {
        const one = frame.kind === "tool" ? turned[next++] : frame;
        return one === undefined ? [] : [one];
      });
    }),
  },
  "answer-cut": {
    id: null,
    about: "stopped by the limit on output tokens",
    action: reply((one) => ({
      ...one,
      text: one.text.slice(0, Math.ceil(one.text.length / 2)),
      finish: "length",
    })),
  },
};

/** A frame among those with text; at the end where there is only one. */
function insertAfterText(all: readonly Frame[], frame: Frame): readonly Frame[] {
  const place = all.findIndex(({ kind }) => kind === "text") + 1;
  return all.toSpliced(place, 0, frame);
}
