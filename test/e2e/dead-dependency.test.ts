import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aProject, hasNamespace } from "./support/cli.ts";
import { aServerIn } from "./support/server.ts";

const SOURCE = {
  "package.json": '{"name":"clamp","version":"1.0.0","type":"module"}',
  "index.js":
    "/** Holds n between low and high. */\nexport const clamp = (n, low, high) => (n < low ? low : n > high ? high : n);\n",
};
const TINY = { engine: "search", maxExecutions: 150, reruns: 1, seed: 1 };

/** Takes every connection and never says a word. */
async function aSilentProvider(): Promise<
  AsyncDisposable & { readonly url: string; readonly asked: () => number }
> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/v1`,
    asked: () => sockets.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

describe.skipIf(!hasNamespace())("a dependency that is dead for one run", () => {
  test("leaves every other run of the server untouched", async () => {
    await using provider = await aSilentProvider();
    await using hanging = await aProject(SOURCE);
    await using one = await aProject(SOURCE);
    await using two = await aProject(SOURCE);
    const state = await mkdtemp(join(tmpdir(), "regoose-dead-"));
    try {
      const env = { OPENAI_API_KEY: "sk-test-0123456789abcdef", OPENAI_BASE_URL: provider.url };
      await using server = await aServerIn(env, state, "--concurrency", "2");
      const submit = (root: string, flags: object): ReturnType<typeof server.ask> =>
        server.ask("POST", "/api/v1/runs", { project: root, flags });
      await submit(hanging.root, { engine: "model", maxTime: "10m", reruns: 1 });
      await expect.poll(provider.asked, { timeout: 120_000 }).toBeGreaterThan(0);

      await submit(one.root, TINY);
      await submit(two.root, TINY);
      for (const id of ["r000000002", "r000000003"]) {
        await expect
          .poll(async () => (await server.ask("GET", `/api/v1/runs/${id}`)).body["status"], {
            timeout: 120_000,
          })
          .toBe("succeeded");
      }
      // All the while it waits for an answer.
      const { body } = await server.ask("GET", "/api/v1/runs/r000000001");
      expect(body["status"]).toBe("running");
      await server.ask("POST", "/api/v1/runs/r000000001/cancel");
      await server.reach("r000000001", "cancelled");
      expect(await server.stop("SIGTERM")).toBe(0);
    } finally {
      await rm(state, { recursive: true, force: true });
    }
  }, 400_000);
});
