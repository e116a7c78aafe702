import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openJobJournal } from "../../../../src/app/serve/job-journal.ts";
import type { ErrorBody } from "../../../../src/contract/envelope.ts";
import { createSystemClock } from "../../../../src/kernel/clock.ts";
import { startServer, type RunningServer } from "../../../../src/server/start-server.ts";
import { toJobEnding } from "../../../../src/server/run-command.ts";
import { ERROR_ADVICE } from "../../../../src/kernel/error-advice.ts";
import { toErrorFacts } from "../../../../src/kernel/error-table.ts";
import { aProject } from "../../../unit/analysis/project-builder.ts";
import { aRequest, aService } from "../../../unit/server/fakes.ts";
import { command, fromBody, thrown, type Provoke, type Provoked } from "./provoked.ts";

const clock = createSystemClock();

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-server-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function aServer(): Promise<RunningServer> {
  const stateFolder = await aFolder();
  const flags = { port: 0, concurrency: 1, queue: 1, state: stateFolder };
  const server = await startServer(clock, { cwd: stateFolder, flags });
  onTestFinished(() => server.stop());
  await server.recovered;
  return server;
}

/** What a new server answers to a request, with the status that the table has. */
const ask =
  (path: string, body?: unknown, token?: string): Provoke =>
  async () => {
    const server = await aServer();
    const headers = {
      authorization: `Bearer ${token ?? server.token.reveal()}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    return read(await fetch(`${server.url}${path}`, { ...init, headers }));
  };

async function read(response: Response): Promise<Provoked> {
  const problem = (await response.json()) as ErrorBody & { readonly status: number };
  const { code, name, class: errorClass, hint, status } = problem;
  if (status !== response.status || response.headers.get("content-type") !== PROBLEM)
    throw new Error(`not the problem that it says it is: ${JSON.stringify(problem)}`);
  return { code, name, class: errorClass, hint, exit: null, http: status };
}

const PROBLEM = "application/problem+json; charset=utf-8";
/** RGS-5xxx: the server and its requests. */
export const SERVER = {
  "RGS-5001": async () =>
    command(["serve", "--host", "0.0.0.0"], await aProject({ "package.json": {} })),
  "RGS-5002": async () => {
    const server = await aServer();
    return command(["serve", "--port", String(server.port), "--state", await aFolder()], "/");
  },
  "RGS-5003": async () => {
    const folder = await aFolder();
    const journal = await openJobJournal({ clock }, folder);
    onTestFinished(() => journal[Symbol.asyncDispose]());
    return command(["serve", "--state", folder], "/");
  },
  "RGS-5010": ask("/api/v1/runs", undefined, "nobody"),
  "RGS-5011": async () => {
    const { requireOwnHost } = await import("../../../../src/server/guard.ts");
    return thrown(() => {
      requireOwnHost("evil.example:80", "127.0.0.1");
    });
  },
  "RGS-5012": ask("/api/v1/runs", { project: "relative", surprise: 1 }),
  "RGS-5013": ask("/api/v1/nothing"),
  "RGS-5014": ask("/api/v1/runs", { project: `/${"a".repeat(70_000)}` }),
  "RGS-5015": async () => {
    const { service } = await aService();
    await service.submit(aRequest("/a"), "key");
    return thrown(() => service.submit(aRequest("/b"), "key"));
  },
  "RGS-5016": async () => {
    const { service } = await aService();
    await service.stop();
    return thrown(() => service.submit(aRequest(), null));
  },
  "RGS-5017": () => {
    const gone = { exitCode: null, signal: "SIGKILL", stdout: "", stderrTail: "" };
    const { error } = toJobEnding(gone, false);
    if (error === null) throw new Error("no error");
    const facts = toErrorFacts("RGS-5017");
    const hint = ERROR_ADVICE["RGS-5017"].next;
    return fromBody({ code: error.code, name: error.name, class: facts.class, hint });
  },
} as const satisfies Readonly<Record<string, Provoke>>;
