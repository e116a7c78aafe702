import { run } from "@stricli/core";
import Fastify from "fastify";
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createApplication } from "../../../../src/cli/application.ts";
import type { CliContext } from "../../../../src/cli/context.ts";
import type { Envelope, ErrorBody } from "../../../../src/contract/envelope.ts";
import { createSystemClock } from "../../../../src/kernel/clock.ts";
import type { ErrorCode } from "../../../../src/kernel/error-table.ts";
import { RegooseError } from "../../../../src/kernel/errors.ts";
import { answerErrors } from "../../../../src/server/answer-errors.ts";

/** An error as it was seen, and the exit code where a whole command ended with it. */
export interface Provoked extends Pick<ErrorBody, "code" | "name" | "class" | "hint"> {
  readonly exit: number | null;
  /** Status of a response that a server gave because of it. */
  readonly http: number;
}

/** The status that the server's own edge answers with where this is thrown behind it. */
async function toHttpStatus(failure: RegooseError): Promise<number> {
  const app = Fastify();
  answerErrors(app, 1_024);
  app.get("/", () => {
    throw failure;
  });
  try {
    const response = await app.inject("/");
    const { code } = response.json<{ readonly code: string }>();
    if (code !== failure.code) throw new Error(`${failure.code} was answered as ${code}`);
    return response.statusCode;
  } finally {
    await app.close();
  }
}

/** Makes the code that throws an error throw it. */
export type Provoke = () => Promise<Provoked>;

const SOURCE_MAIN = join(import.meta.dirname, "../../../../src/cli/main.ts");

/** Runs `regoose ARGS --json` in this process and answers the error that it printed. */
export async function command(
  args: readonly string[],
  cwd: string,
  stdin: string | null = null,
): Promise<Provoked> {
  let stdout = "";
  const context: CliContext = {
    process: {
      stdout: { write: (text) => void (stdout += text) },
      stderr: { write: () => undefined },
      exitCode: null,
    },
    clock: createSystemClock(),
    version: "0.0.0",
    signal: new AbortController().signal,
    cwd,
    isTerminal: false,
    canAsk: false,
    columns: 100,
    isColorAllowed: false,
    writeLog: () => undefined,
    readStdin: () => Promise.resolve(stdin),
  };
  await run(createApplication("0.0.0"), [...args, "--json"], context);
  return read(stdout, Number(context.process.exitCode));
}

/** Starts `regoose ARGS --json` from the sources in a process of its own. */
export function startCommand(args: readonly string[], cwd: string): ChildProcess {
  const script = `(await import(${JSON.stringify(SOURCE_MAIN)})).main(process.argv.slice(1));`;
  const node = ["--input-type=module", "--eval", script, "--", ...args, "--json"];
  return spawn(process.execPath, node, { cwd, stdio: ["ignore", "pipe", "ignore"] });
}

/** What a started command printed as its error. */
export async function ended(child: ChildProcess): Promise<Provoked> {
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return read(stdout, code);
}

/** What a call threw. */
export async function thrown(work: () => unknown): Promise<Provoked> {
  try {
    await work();
  } catch (failure) {
    if (!(failure instanceof RegooseError)) throw failure;
    const { code, name, errorClass, hint } = failure;
    return { code, name, class: errorClass, hint, exit: null, http: await toHttpStatus(failure) };
  }
  throw new Error("nothing was thrown");
}

function read(stdout: string, exit: number | null): Promise<Provoked> {
  const { error } = JSON.parse(stdout) as Envelope<object>;
  if (error === null) throw new Error(`the command ended well: ${stdout.slice(0, 500)}`);
  return fromBody(error, exit);
}

/** What crosses a process of an error is its code; a server that reads it answers by that. */
export async function fromBody(
  { code, name, class: errorClass, hint }: Pick<ErrorBody, "code" | "name" | "class" | "hint">,
  exit: number | null = null,
): Promise<Provoked> {
  const http = await toHttpStatus(new RegooseError(code as ErrorCode, "as read"));
  return { code, name, class: errorClass, hint, exit, http };
}
