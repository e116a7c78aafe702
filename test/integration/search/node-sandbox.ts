import { spawn } from "node:child_process";
import { cp, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import type { Sandbox, SandboxBackend, SandboxSpec } from "../../../src/ports/sandbox.ts";

/**
 * A stand-in without any isolation, for fixtures written here: each process gets a fresh copy of the
 * layers in a folder of its own, so paths inside differ from those that `pathOf` answers only by name.
 */
export function createNodeSandboxes(): Pick<SandboxBackend, "create"> & AsyncDisposable {
  const folders: string[] = [];
  return {
    async create(spec: SandboxSpec): Promise<Sandbox> {
      const work = await realpath(await mkdtemp(join(tmpdir(), "regoose-search-test-")));
      folders.push(work);
      for (const layer of spec.layers) await cp(layer, work, { recursive: true });
      const temp = await mkdtemp(join(tmpdir(), "regoose-search-test-tmp-"));
      folders.push(temp);
      return {
        level: "guarded",
        backend: "none",
        pathOf: (name) =>
          name === "work"
            ? work
            : (spec.mounts.find((mount) => mount.name === name)?.hostPath ?? ""),
        run: () => Promise.reject(new Error("not used by the search")),
        async start(command) {
          const [, ...args] = command.argv;
          const child = spawn(process.execPath, args, {
            cwd: work,
            env: {
              PATH: "/usr/bin",
              // Types are stripped once for all processes of all tests.
              NODE_COMPILE_CACHE: join(tmpdir(), "regoose-search-test-cache"),
              TMPDIR: await mkdtemp(join(temp, "t-")),
              ...command.env,
            },
            stdio: ["pipe", "pipe", "pipe"],
          });
          let stderr = "";
          child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
          child.stdin.on("error", () => undefined);
          const timer = setTimeout(() => child.kill("SIGKILL"), command.timeoutMs);
          const ended = new Promise<Awaited<Awaited<ReturnType<Sandbox["start"]>>["ended"]>>(
            (resolve) => {
              child.once("close", (code) => {
                clearTimeout(timer);
                resolve({ end: { kind: "exited", code: code ?? -1 }, stderr });
              });
            },
          );
          return {
            send: (line) =>
              new Promise((resolve) => {
                child.stdin.write(`${line}\n`, () => {
                  resolve();
                });
              }),
            lines: createInterface({ input: child.stdout }),
            ended,
            kill: () => child.kill("SIGKILL"),
            async [Symbol.asyncDispose]() {
              child.kill("SIGKILL");
              await ended;
            },
          };
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
    async [Symbol.asyncDispose]() {
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    },
  };
}
