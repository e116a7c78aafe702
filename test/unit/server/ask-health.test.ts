import { mkdtemp, rm, stat } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { announceServer } from "../../../src/app/serve/announcement.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import { askHealth } from "../../../src/server/ask-health.ts";

const check = { name: "node", status: "ok", detail: "24", fix: null };
const { signal } = new AbortController();

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-ask-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A server that answers as ours does, and what it was asked. */
async function aServer(): Promise<{ readonly url: string; readonly seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    response.end(JSON.stringify({ state: "taking", checks: [check] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, seen };
}

describe("asking a server how it is", () => {
  test("shows the checks of the one whose token lies in the state folder", async () => {
    const [folder, server] = [await aFolder(), await aServer()];
    const takeAway = await announceServer(folder, { url: server.url, token: new Secret("t") });
    expect((await stat(join(folder, "address.json"))).mode & 0o777).toBe(0o600);
    const checks = await askHealth(`${server.url}/`, { stateFolder: folder, signal });
    expect(checks).toMatchObject([{ name: "server", status: "ok" }, check]);
    expect(server.seen[0]).toMatchObject({
      url: "/health",
      headers: { authorization: "Bearer t" },
    });
    await takeAway();
    await askHealth(server.url, { stateFolder: folder, signal });
    expect(server.seen[1]?.url).toBe("/readyz");
  });

  test("shows the token to no other server", async () => {
    const [folder, server] = [await aFolder(), await aServer()];
    await announceServer(folder, { url: "http://127.0.0.1:1", token: new Secret("t") });
    await askHealth(server.url, { stateFolder: folder, signal });
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test("names the fix where nobody answers", async () => {
    const options = { stateFolder: await aFolder(), signal };
    expect(await askHealth("http://127.0.0.1:1", options)).toMatchObject([
      {
        name: "server",
        status: "problem",
        fix: expect.stringContaining("regoose serve") as string,
      },
    ]);
  });
});
