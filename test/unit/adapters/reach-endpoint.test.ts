import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { reachEndpoint } from "../../../src/adapters/network/reach-endpoint.ts";
import { createSystemClock } from "../../../src/kernel/clock.ts";

const { signal } = new AbortController();
const reach = (
  url: string,
  certificatePath: string | null = null,
): ReturnType<typeof reachEndpoint> =>
  reachEndpoint({ clock: createSystemClock() }, { url, certificatePath }, { signal });

async function aServer(
  status: number,
  seen: IncomingMessage[] = [],
): Promise<Server & AsyncDisposable> {
  const server = createServer((request, response) => {
    seen.push(request);
    response.writeHead(status, { location: "http://127.0.0.1:1/" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const toUrl = (server: Server): string =>
  `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/v1`;

describe("an address", () => {
  test.each([200, 307, 401, 404, 503])(
    "that answers %i is there, and is asked once",
    async (status) => {
      const seen: IncomingMessage[] = [];
      await using server = await aServer(status, seen);
      expect(await reach(toUrl(server))).toMatchObject({ kind: "reached", status });
      expect(seen.map(({ method, url, headers }) => [method, url, Object.keys(headers)])).toEqual([
        ["HEAD", "/v1", ["host", "connection"]],
      ]);
    },
  );

  test("where nobody listens is not there", async () => {
    const server = await aServer(200);
    const url = toUrl(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await reach(url)).toEqual({ kind: "unreachable", why: "ECONNREFUSED" });
  });

  test("that speaks no TLS, or whose certificate file is missing, is not there", async () => {
    await using server = await aServer(200);
    const secure = toUrl(server).replace("http:", "https:");
    expect(await reach(secure)).toMatchObject({ kind: "unreachable" });
    expect(await reach(secure, "/no/such.pem")).toEqual({ kind: "unreachable", why: "ENOENT" });
  });
});
