import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { isZombie } from "./zombie.ts";

/** What the probe's program found out from inside; every field is true when the attempt was stopped. */
export interface BatteryAnswers {
  readonly network: boolean;
  readonly hostFiles: boolean;
  readonly environment: boolean;
  readonly outsideWrites: boolean;
  readonly memory: boolean;
}

/** Decoys on the host that the probe's program tries to reach: nothing real is ever the target. */
export interface Decoys extends AsyncDisposable {
  readonly port: number;
  readonly secretFile: string;
  /** A path that nothing may be written to. */
  readonly targetFile: string;
  /** Text that must never be seen from inside. */
  readonly secret: string;
  wasReached(): boolean;
}

/** Sets up a loopback server and a readable file in `folder`. */
export async function createDecoys(folder: string, secret: string): Promise<Decoys> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  const port = await listen(server);
  const secretFile = join(folder, "secret.txt");
  writeFileSync(secretFile, secret, { mode: 0o644 });
  return {
    port,
    secretFile,
    targetFile: join(folder, "written.txt"),
    secret,
    wasReached: () => connections > 0,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

/** Data limit under which {@link toBatterySource} must fail to get `memoryBytes` more. */
export const BATTERY_MEMORY_BYTES: number = 1024 ** 3;

/** The program that tries what must not work, and prints {@link BatteryAnswers} as JSON. */
export function toBatterySource(
  decoys: Pick<Decoys, "port" | "secretFile" | "targetFile">,
  allowedEnv: readonly string[],
): string {
  return `
const fs = require("node:fs"), net = require("node:net");
const stopped = (attempt) => { try { attempt(); return false; } catch { return true; } };
const answers = {
  hostFiles: stopped(() => fs.readFileSync(${JSON.stringify(decoys.secretFile)})),
  outsideWrites: stopped(() => fs.writeFileSync(${JSON.stringify(decoys.targetFile)}, "x")),
  memory: stopped(() => new ArrayBuffer(${BATTERY_MEMORY_BYTES})),
  environment: true,
};
const allowed = new Set(${JSON.stringify(allowedEnv)});
for (const file of ["/proc/1/environ", "/proc/" + process.ppid + "/environ"]) {
  try {
    const names = fs.readFileSync(file, "latin1").split("\\0").filter(Boolean).map((one) => one.split("=")[0]);
    if (names.some((name) => !allowed.has(name))) answers.environment = false;
  } catch {}
}
const tell = (network) => { process.stdout.write(JSON.stringify({ ...answers, network })); process.exitCode = 0; };
try {
  const socket = net.connect(${decoys.port}, "127.0.0.1");
  socket.on("connect", () => { tell(false); socket.destroy(); });
  socket.on("error", () => tell(true));
} catch { tell(true); }
`;
}

/** Reads what the battery printed; anything else counts as nothing stopped. */
export function parseAnswers(stdout: string): BatteryAnswers {
  const nothing = {
    network: false,
    hostFiles: false,
    environment: false,
    outsideWrites: false,
    memory: false,
  };
  try {
    const parsed: unknown = JSON.parse(stdout);
    if (typeof parsed !== "object" || parsed === null) return nothing;
    const read = (name: string): boolean => (parsed as Record<string, unknown>)[name] === true;
    return {
      network: read("network"),
      hostFiles: read("hostFiles"),
      environment: read("environment"),
      outsideWrites: read("outsideWrites"),
      memory: read("memory"),
    };
  } catch {
    return nothing;
  }
}

/** Ids of live processes whose command line holds `marker`. */
export function findProcesses(marker: string): number[] {
  const found: number[] = [];
  for (const name of listProcessIds()) {
    try {
      const commandLine = readFileSync(`/proc/${name}/cmdline`, "latin1");
      if (commandLine.includes(marker) && !isZombie(Number(name))) found.push(Number(name));
    } catch {
      // Ended since it was listed.
    }
  }
  return found;
}

function listProcessIds(): string[] {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/u.test(name));
  } catch {
    return [];
  }
}
