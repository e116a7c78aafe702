import { once } from "node:events";
import { resolve } from "node:path";
import type { ExplainedParameters } from "../../app/models/explain-parameters.ts";
import type { RunEstimate } from "../../app/models/estimate-run.ts";
import type { TriedModel } from "../../app/models/try-models.ts";
import type { CliContext } from "../context.ts";
import { createUsageError } from "../errors.ts";
import {
  type EstimateFlags,
  type ExplainParamsFlags,
  type LlmTestFlags,
  type MockLlmFlags,
  toModelFlags,
} from "./model-flags.ts";
import { runCommand } from "./run-command.ts";
import { toCwd, toStyle } from "./shared-flags.ts";

/** `regoose llm test`. */
export async function runLlmTest(this: CliContext, flags: LlmTestFlags): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const { tryModels } = await import("../../app/models/try-models.ts");
    const input = { cwd: toCwd(this, flags), flags: await toModelFlags(flags) };
    const { models, notes, failure } = await tryModels({ clock: this.clock }, input, {
      signal: this.signal,
    });
    return {
      data: { models, notes },
      failure,
      print: () => {
        for (const model of models) this.process.stdout.write(`${toTriedLine(model)}\n`);
        for (const note of notes) this.process.stderr.write(`note: ${note}\n`);
      },
    };
  });
}

function toTriedLine(model: TriedModel): string {
  const name = `${model.provider}/${model.model}`;
  if (model.problem !== null) return `${name}  failed: ${model.problem}`;
  const { inputTokens, outputTokens } = model.usage;
  const cost = model.usd === null ? "price unknown" : `$${model.usd}`;
  const served = model.served === null ? "" : `, served by ${model.served}`;
  const first = model.firstTokenMs ?? 0;
  return `${name}  ok: first token after ${first} ms, ${model.durationMs} ms in all, ${inputTokens} + ${outputTokens} tokens, ${cost}${served}`;
}

/** `regoose llm explain-params`. */
export async function runExplainParams(this: CliContext, flags: ExplainParamsFlags): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const { explainParameters } = await import("../../app/models/explain-parameters.ts");
    const models = await explainParameters(
      { clock: this.clock },
      { cwd: toCwd(this, flags), flags: await toModelFlags(flags), role: flags.role },
      { signal: this.signal },
    );
    return {
      data: { models },
      failure: null,
      print: () => {
        for (const model of models) this.process.stdout.write(toExplainedText(model));
      },
    };
  });
}

function toExplainedText(model: ExplainedParameters): string {
  const { provider, policy, url, body, changes, capabilities, contextTokens, table } = model;
  const changed = changes.map(
    ({ parameter, action, field, why }) =>
      `  ${action} ${parameter}${field === null ? "" : ` (${field})`}: ${why}\n`,
  );
  return [
    `${provider}/${model.model}, policy ${policy}\n`,
    `${url.startsWith("file:") ? "ask" : "POST"} ${url}\n${JSON.stringify(body, null, 2)}\n`,
    ...changed,
    `  can: ${capabilities.join(", ")}; context ${contextTokens ?? "unknown"} tokens (table of ${table})\n`,
  ].join("");
}

/** `regoose llm estimate`. */
export async function runEstimate(
  this: CliContext,
  flags: EstimateFlags,
  ...targets: readonly string[]
): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    const { estimateRun } = await import("../../app/models/estimate-run.ts");
    const { readIssue } = await import("../../app/read-issue.ts");
    const cwd = toCwd(this, flags);
    const { gaps, language, testCommand } = flags;
    const issue =
      flags.issue === undefined ? undefined : await readIssue(resolve(cwd, flags.issue));
    const models = await toModelFlags(flags);
    const input = { targets, cwd, flags: models, gaps, language, testCommand, issue };
    const estimate = await estimateRun({ clock: this.clock }, input);
    return {
      data: estimate,
      failure: null,
      print: () => {
        this.process.stdout.write(toEstimateText(estimate));
      },
    };
  });
}

function toEstimateText({ parts, assumptions, prices, ...total }: RunEstimate): string {
  const toCost = (usd: string | null): string => (usd === null ? "price unknown" : `$${usd}`);
  const lines = parts.map(
    ({ role, calls, inputTokens, outputTokens, provider, model, usd }) =>
      `${role.padEnd(8)} ${String(calls).padStart(4)} × (${String(inputTokens)} + ${String(outputTokens)} tokens)  ${toCost(usd)}  ${provider}/${model}`,
  );
  const sum = `in all   ${String(total.calls).padStart(4)} calls, ${String(total.inputTokens)} + ${String(total.outputTokens)} tokens, about ${toCost(total.usd)} (${prices})`;
  return [...lines, sum, ...assumptions.map((text) => `  ${text}`), ""].join("\n");
}

/** `regoose mock-llm`: says where it listens, and works until a signal comes. */
export async function runMockLlm(this: CliContext, flags: MockLlmFlags): Promise<void> {
  const cwd = toCwd(this, flags);
  const { script, port, seed, recordings, record } = flags;
  const served = await start(this, flags, async () => {
    if (record !== undefined && recordings === undefined)
      throw createUsageError("--record needs --recordings DIR to keep the answers in");
    const { openMockLlm } = await import("../../app/mock-llm.ts");
    return openMockLlm(
      { clock: this.clock },
      {
        script: script === undefined ? null : resolve(cwd, script),
        recordings: recordings === undefined ? undefined : resolve(cwd, recordings),
        ...{ port, seed, upstream: record },
        onRequest: (line) => {
          if (!flags.json) this.process.stderr.write(`${line}\n`);
        },
      },
    );
  });
  if (served === null) return;
  await runCommand(this, { json: false }, async () => {
    try {
      if (!this.signal.aborted) await once(this.signal, "abort");
    } finally {
      await served[Symbol.asyncDispose]();
    }
    return { data: {}, failure: null, print: () => undefined };
  });
}

interface Served extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/** Null where it could not be started, which is said then. */
async function start(
  context: CliContext,
  flags: MockLlmFlags,
  open: () => Promise<Served>,
): Promise<Served | null> {
  let started: Served | null = null;
  await runCommand(context, toStyle(context, flags), async () => {
    const server = await open();
    started = server;
    return {
      data: { url: server.url, port: server.port, pid: process.pid },
      failure: null,
      print: () => {
        context.process.stdout.write(`mock-llm listens at ${server.url}\n`);
      },
    };
  });
  return started;
}
