import { spawn, type ChildProcess } from "node:child_process";
import { readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toProcessOwner } from "../../src/adapters/process-owner.ts";
import type { Fault, Injected } from "./fault.ts";
import { BIN, toGenerate, toInjected, type Stage, type Started } from "./stage.ts";

/** Enough work for a signal to come into the middle of it. */
const LONG = { "--max-time": "60s" };

/** Runs that are cut short, and what they left that is damaged afterwards. */
export const STOP_FAULTS: readonly Fault[] = [
  {
    name: "kill -9",
    cause: "the process was killed by SIGKILL, without a word",
    evidence: [/SIGKILL|kill -9|killed|died|power cut|not alive|is gone/iu],
    inject: (stage) => signalAt(stage, "propose", "SIGKILL"),
  },
  {
    name: "Ctrl-C",
    cause: "the user pressed Ctrl-C (SIGINT)",
    evidence: [/SIGINT|Ctrl-?C|interrupt/iu],
    not: [/kill -9|SIGTERM|died/iu],
    inject: (stage) => signalAt(stage, "prepare", "SIGINT"),
  },
  {
    name: "SIGTERM",
    cause: "something ended the command by SIGTERM",
    evidence: [/SIGTERM|terminat/iu],
    inject: (stage) => signalAt(stage, "propose", "SIGTERM"),
  },
  {
    name: "lost ownership",
    cause: "another process took the run over while this one was stopped",
    evidence: [/owner|another process|took (?:it )?over|taken over/iu],
    not: [/kill -9|died/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      const started = stage.start(toGenerate(LONG));
      await stage.reach("start", "propose", started);
      started.child.kill("SIGSTOP");
      await writeFile(join(await stage.runFolder(), "owner-2"), toProcessOwner());
      started.child.kill("SIGCONT");
      return toInjected(await started.ended);
    },
  },
  {
    name: "damaged log",
    cause: "the log of the run is damaged in the middle",
    evidence: [
      /corrupt|damag|checksum|broken|invalid|unreadable|(?:not|n't) (?:be )?(?:read|parsed|valid)/iu,
      /log|record|events\.ndjson|line/iu,
    ],
    async inject(stage) {
      await stage.example("text-toolkit");
      const ended = await stage.regoose(toGenerate());
      const path = join(await stage.runFolder(), "events.ndjson");
      const lines = (await readFile(path, "utf8")).split("\n");
      const middle = Math.floor(lines.length / 2);
      lines[middle] = "\u0000".repeat(lines[middle]?.length ?? 1);
      await writeFile(path, lines.join("\n"));
      return { ...toInjected(ended), isFelt: lines.length > 4 };
    },
  },
  {
    name: "damaged checkpoint",
    cause: "a stored result of a finished step is damaged, so that resume cannot use it",
    evidence: [
      /corrupt|damag|checksum|digest|hash|unreadable|invalid|(?:not|n't) (?:be )?(?:read|used|match)|differ/iu,
    ],
    not: [/kill -9/iu],
    async inject(stage) {
      await signalAt(stage, "admit", "SIGKILL");
      const path = await findLargest(await stage.runFolder());
      const bytes = await readFile(path);
      bytes.fill(0x23, Math.floor(bytes.length / 3), Math.floor(bytes.length / 2));
      await writeFile(path, bytes);
      return toInjected(await stage.regoose(["resume", "--json", "--quiet"]));
    },
  },
];

export const STOP_RESERVE: readonly Fault[] = [
  {
    name: "still running",
    cause: "the run has not ended: it still goes on",
    evidence: [
      /(?:still|is) (?:running|going|working|alive|at work)|in progress|goes on|not (?:yet )?(?:ended|finished|over)/iu,
    ],
    not: [/kill -9|died/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      const started = stage.start(toGenerate(LONG));
      stage.defer(async () => {
        started.child.kill("SIGTERM");
        await started.ended;
      });
      await stage.reach("start", "propose", started);
      return { isFelt: true, ending: "goes on" };
    },
  },
  {
    name: "cancelled on the server",
    cause: "who submitted the run to the server cancelled it",
    evidence: [/cancel|SIGTERM|terminat|SIGINT|interrupt/iu],
    not: [/kill -9|died/iu],
    inject: (stage) =>
      withServer(stage, async (server, id) => {
        await server.ask(`/api/v1/runs/${id}/cancel`, {});
        for (let status = ""; status !== "cancelled";)
          status = String((await server.ask(`/api/v1/runs/${id}`))["status"]);
      }),
  },
  {
    name: "closed terminal",
    cause: "the terminal was closed (SIGHUP)",
    evidence: [/SIGHUP|hang ?up|terminal/iu],
    inject: (stage) => signalAt(stage, "propose", "SIGHUP"),
  },
];

/** Sends the signal as soon as the step has begun. */
async function signalAt(stage: Stage, step: string, signal: NodeJS.Signals): Promise<Injected> {
  await stage.example("text-toolkit");
  const started = stage.start(toGenerate(LONG));
  await stage.reach("start", step, started);
  started.child.kill(signal);
  return toInjected(await started.ended);
}

/** The largest result that a step has left in the folder of a run. */
async function findLargest(folder: string): Promise<string> {
  const entries = await readdir(join(folder, "artifacts"), { withFileTypes: true });
  const sized = await Promise.all(
    entries
      .filter((one) => one.isFile())
      .map(async (one) => {
        const path = join(one.parentPath, one.name);
        return { path, size: (await stat(path)).size };
      }),
  );
  const [largest] = sized.sort((one, other) => other.size - one.size);
  if (largest === undefined) throw new Error("the run has left no result of a step");
  return largest.path;
}

interface Server {
  /** Sends JSON where there is a body, and reads JSON. */
  ask(path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>>;
}

/** Has a server do a run, and does something to it once the search has begun. */
export async function withServer(
  stage: Stage,
  act: (server: Server, id: string, child: ChildProcess) => Promise<void>,
): Promise<Injected> {
  await stage.example("text-toolkit");
  const args = [BIN, "serve", "--json", "--quiet", "--state", join(stage.side, "state")];
  const child = spawn(process.execPath, args, {
    cwd: stage.side,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const gone = new Promise<void>((resolve) =>
    child.once("exit", () => {
      resolve();
    }),
  );
  stage.defer(async () => {
    child.kill("SIGTERM");
    await gone;
  });
  const server = await toServer(child);
  const body = { project: stage.root, flags: { maxTime: "60s" } };
  const id = String((await server.ask("/api/v1/runs", body))["id"]);
  await stage.reach("start", "propose", { child } as Started);
  await act(server, id, child);
  if (child.exitCode !== null || child.signalCode !== null)
    return { isFelt: true, ending: "the server ended" };
  return { isFelt: true, ending: String((await server.ask(`/api/v1/runs/${id}`))["status"]) };
}

async function toServer(child: ReturnType<typeof spawn>): Promise<Server> {
  const line = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.once("exit", () => {
      reject(new Error(`the server ended: ${text}`));
    });
    child.stdout?.setEncoding("utf8").on("data", (more: string) => {
      text += more;
      if (text.includes("\n")) resolve(text);
    });
  });
  const { data } = JSON.parse(line) as { data: { url: string; token: string } };
  return {
    async ask(path, body) {
      const headers = { authorization: `Bearer ${data.token}`, "content-type": "application/json" };
      const init =
        body === undefined ? { headers } : { headers, method: "POST", body: JSON.stringify(body) };
      const response = await fetch(`${data.url}${path}`, init);
      return (await response.json()) as Readonly<Record<string, unknown>>;
    },
  };
}
