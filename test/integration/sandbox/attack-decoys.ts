import { spawn, type ChildProcess } from "node:child_process";
import { createSocket } from "node:dgram";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What attacks aim at: made for the purpose, so that an attack that succeeds harms nothing. */
export interface AttackDecoys {
  readonly root: string;
  /** Stands in the environment of this process and in the two files. */
  readonly secret: string;
  readonly secretFile: string;
  readonly layer: string;
  readonly dependencies: string;
  readonly writeTarget: string;
  readonly tcpPort: number;
  readonly udpPort: number;
  readonly socketPath: string;
  readonly abstractName: string;
  readonly victim: number;
  /** Attempts that got through to a decoy server, by its name. */
  readonly reached: readonly string[];
  isVictimAlive(): boolean;
  wasWritten(): boolean;
  close(): Promise<void>;
}

export async function createAttackDecoys(): Promise<AttackDecoys> {
  const root = mkdtempSync(join(tmpdir(), "regoose-attack-"));
  chmodSync(root, 0o755);
  const secret = `decoy-${process.pid}-secret`;
  process.env["REGOOSE_DECOY_SECRET"] = secret;
  const secretFile = write(join(root, "home"), "credentials", secret);
  const layer = join(root, "layer");
  write(layer, "kept.txt", "kept");
  const dependencies = join(root, "node_modules");
  write(join(dependencies, "dependency"), "index.js", "module.exports = 'kept'");
  const reached: string[] = [];
  const socketPath = join(root, "decoy.sock");
  const abstractName = `regoose-decoy-${process.pid}`;
  const servers = [
    await listen(reached, "tcp", { port: 0, host: "127.0.0.1" }),
    await listen(reached, "unix", { path: socketPath }),
    await listen(reached, "abstract", { path: `\0${abstractName}` }),
  ];
  chmodSync(socketPath, 0o777);
  const udp = createSocket("udp4");
  udp.on("message", () => reached.push("udp"));
  await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve));
  const victim = spawn("/bin/sleep", ["900"], { stdio: "ignore" });
  return {
    root,
    secret,
    secretFile,
    layer,
    dependencies,
    writeTarget: join(root, "written"),
    tcpPort: toPort(servers[0]),
    udpPort: udp.address().port,
    socketPath,
    abstractName,
    victim: victim.pid ?? -1,
    reached,
    isVictimAlive: () => isRunning(victim),
    wasWritten: () => existsSync(join(root, "written")),
    async close() {
      delete process.env["REGOOSE_DECOY_SECRET"];
      victim.kill("SIGKILL");
      udp.close();
      for (const server of servers) await new Promise((resolve) => server.close(resolve));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function write(folder: string, name: string, content: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

function listen(
  reached: string[],
  name: string,
  where: { port: number; host: string } | { path: string },
): Promise<Server> {
  const server = createServer((socket) => {
    reached.push(name);
    socket.destroy();
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      resolve(server);
    });
  });
}

function toPort(server: Server | undefined): number {
  const address = server?.address();
  return typeof address === "object" ? (address?.port ?? -1) : -1;
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}
