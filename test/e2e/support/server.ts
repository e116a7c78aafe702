import { spawnSync, type ChildProcess } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startCli } from "./cli.ts";

/** A built server and how to talk to it. Disposing ends it, and what it started, at once. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  readonly child: ChildProcess;
  /** Of the server itself, where something stands around it. */
  readonly pid: number;
  /** Sends JSON with the token, and reads JSON. */
  ask(method: string, path: string, body?: unknown, key?: string): Promise<Answer>;
  /** Follows a run until its stream ends. */
  follow(id: string, lastEventId?: string): Promise<readonly StreamEvent[]>;
  /** What a path gives as text. */
  read(path: string): Promise<string>;
  /** What the server has written on stderr so far. */
  readonly stderr: () => string;
  /** Waits until the run has the status. */
  reach(id: string, status: string): Promise<Readonly<Record<string, unknown>>>;
  /** Waits until the server has a process that does a run. @returns its pid */
  runPid(): Promise<number>;
  /** Sends a signal and waits for the end. @returns the exit code */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface StreamEvent {
  readonly id: number;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Starts `regoose serve` with a state folder. */
export function aServer(state: string, ...flags: readonly string[]): Promise<TestServer> {
  return aServerIn({}, state, ...flags);
}

/** The same with further variables. */
export function aServerIn(
  env: Readonly<Record<string, string>>,
  state: string,
  ...flags: readonly string[]
): Promise<TestServer> {
  return toServer(startCli(["serve", "--json", "--state", state, ...flags], { cwd: state, env }));
}

/** Writes a configuration of the user's own. @returns the variables that name it */
export async function aUserConfig(
  home: string,
  text: string,
): Promise<Readonly<Record<string, string>>> {
  await mkdir(join(home, "regoose"), { recursive: true });
  await writeFile(join(home, "regoose", "config.yaml"), text);
  return { XDG_CONFIG_HOME: home };
}

/** A server that was started by the caller, as soon as it has said where it is. */
export async function toServer(child: ChildProcess): Promise<TestServer> {
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const { url, token, pid } = await readStart(child);
  const request = (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${token}`);
    return fetch(`${url}${path}`, { ...init, headers });
  };
  const ask: TestServer["ask"] = async (method, path, body, key) => {
    const response = await request(path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
    });
    const { status, headers } = response;
    return { status, headers, body: (await response.json()) as Answer["body"] };
  };
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const stop: TestServer["stop"] = (signal) => {
    child.kill(signal);
    return exited;
  };
  return {
    url,
    token,
    child,
    pid,
    ask,
    stop,
    stderr: () => stderr,
    read: async (path) => (await request(path)).text(),
    async follow(id, lastEventId) {
      const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
      const response = await request(`/api/v1/runs/${id}/events`, { headers });
      return (await response.text()).split("\n\n").flatMap(toEvent);
    },
    async reach(id, status) {
      for (;;) {
        const { body } = await ask("GET", `/api/v1/runs/${id}`);
        if (body["status"] === status) return body;
        if (body["endedAt"] !== null) throw new Error(`it ended: ${JSON.stringify(body)}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async runPid() {
      for (;;) {
        const listed = spawnSync("ps", ["--ppid", String(pid), "-o", "pid=,args="]).stdout;
        const line = String(listed)
          .split("\n")
          .find((one) => /regoose\.js (?:generate|resume) /u.test(one));
        if (line !== undefined) return Number.parseInt(line, 10);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) await stop("SIGTERM");
    },
  };
}

type Start = Pick<TestServer, "url" | "token" | "pid">;

function readStart(child: ChildProcess): Promise<Start> {
  let stdout = "";
  return new Promise((resolve, reject) => {
    child.once("exit", () => {
      reject(new Error(`the server ended at once: ${stdout}`));
    });
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      if (!stdout.includes("\n")) return;
      resolve((JSON.parse(stdout) as { data: Start }).data);
    });
  });
}

function toEvent(frame: string): readonly StreamEvent[] {
  const fields = /^id: (?<id>\d+)\nevent: (?<name>[\w-]+)\ndata: (?<data>.*)$/u.exec(frame)?.groups;
  if (fields === undefined) return [];
  const data = JSON.parse(fields["data"] ?? "") as StreamEvent["data"];
  return [{ id: Number(fields["id"]), name: fields["name"] ?? "", data }];
}
