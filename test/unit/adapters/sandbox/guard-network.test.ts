import dgram from "node:dgram";
import dns from "node:dns";
import http from "node:http";
import { syncBuiltinESMExports } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { guardNetwork } from "../../../../src/adapters/sandbox/guarded/guard-network.ts";

// Stubs this whole process: test files have one each, and nothing else runs in it.
let folder: string;
let foreign: net.Server;
let foreignPort: number;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "regoose-guard-"));
  foreign = net.createServer();
  // Listening before the guard stands: as the server of another process.
  await new Promise<void>((resolve) => foreign.listen(0, "127.0.0.1", resolve));
  foreignPort = (foreign.address() as net.AddressInfo).port;
  guardNetwork([folder]);
  syncBuiltinESMExports();
});
afterAll(() => {
  foreign.close();
  rmSync(folder, { recursive: true, force: true });
});

const toFailure = (socket: net.Socket): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    socket.once("error", (failure: NodeJS.ErrnoException) => {
      resolve(failure.code);
    });
    socket.once("connect", () => {
      reject(new Error("connected"));
    });
  });

describe("connections", () => {
  test("to others fail as they would without a network, whatever the shape of the call", async () => {
    expect(await toFailure(net.connect(foreignPort, "127.0.0.1"))).toBe("ECONNREFUSED");
    expect(await toFailure(net.connect({ port: foreignPort }))).toBe("ECONNREFUSED");
    expect(await toFailure(net.connect(String(foreignPort) as unknown as number))).toBe(
      "ECONNREFUSED",
    );
    expect(await toFailure(new net.Socket().connect(80, "192.0.2.1"))).toBe("ENETUNREACH");
    expect(await toFailure(net.connect(80, "example.com"))).toBe("EAI_AGAIN");
    expect(await toFailure(net.connect("/run/decoy.sock"))).toBe("ENOENT");
    expect(await toFailure(net.connect({ path: "/run/decoy.sock" }))).toBe("ENOENT");
    expect(await toFailure(tls.connect(443, "192.0.2.1"))).toBe("ENETUNREACH");
  });

  test("by fetch fail with the same cause", async () => {
    const failure: unknown = await fetch("http://example.com").catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ cause: { code: "EAI_AGAIN" } });
  });

  test("reach servers of the same process, by every way of listening", async () => {
    const ways: ((server: http.Server, done: () => void) => void)[] = [
      (server, done) => server.listen(0, done),
      (server, done) => server.listen(done),
      (server, done) => server.listen({ port: 0 }, done),
      (server, done) => server.listen(0, "localhost", done),
    ];
    for (const listen of ways) {
      const server = http.createServer((_request, response) => response.end("own"));
      await new Promise<void>((resolve) => {
        listen(server, resolve);
      });
      const { port, address } = server.address() as net.AddressInfo;
      expect(address).toBe("127.0.0.1");
      const response = await fetch(`http://localhost:${port}`);
      expect(await response.text()).toBe("own");
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test("reach socket files in the work copy only", async () => {
    const path = join(folder, "own.sock");
    const server = net.createServer((socket) => socket.end("own"));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const text = await new Promise((resolve) => net.connect(path).once("data", resolve));
    expect(String(text)).toBe("own");
    await new Promise((resolve) => server.close(resolve));
  });
});

test("servers for other machines, or files elsewhere, are refused", async () => {
  for (const where of [{ port: 0, host: "192.0.2.1" }, { path: "/tmp/regoose-elsewhere.sock" }]) {
    const server = net.createServer();
    const failure = new Promise((resolve) => server.once("error", resolve));
    server.listen(where);
    expect(await failure).toMatchObject({ code: "EACCES" });
  }
});

describe("look-ups", () => {
  test("answer for this machine alone", async () => {
    expect(await dns.promises.lookup("127.0.0.1")).toMatchObject({ address: "127.0.0.1" });
    await expect(dns.promises.lookup("example.com")).rejects.toMatchObject({ code: "EAI_AGAIN" });
    const found = new Promise((resolve) => {
      dns.lookup("127.0.0.1", (_failure, address) => {
        resolve(address);
      });
    });
    expect(await found).toBe("127.0.0.1");
  });

  test("of every kind fail", async () => {
    const calls: ((callback: (failure: unknown) => void) => unknown)[] = [
      (callback) => {
        dns.lookup("example.com", callback);
      },
      (callback) => {
        dns.resolve4("example.com", callback);
      },
      (callback) => {
        dns.reverse("192.0.2.1", callback);
      },
      (callback) => {
        new dns.Resolver().resolveMx("example.com", callback);
      },
    ];
    for (const call of calls) {
      const failure = await new Promise((resolve) => call(resolve));
      expect(failure).toMatchObject({ code: "EAI_AGAIN" });
    }
    await expect(new dns.promises.Resolver().resolve("a.example")).rejects.toThrow(/EAI_AGAIN/u);
    await expect(dns.promises.resolveTxt("a.example")).rejects.toThrow(/EAI_AGAIN/u);
    expect(() => {
      (dns.resolve as unknown as (name: string) => void)("without a callback");
    }).not.toThrow();
  });
});

test("datagrams are not sent", () => {
  const socket = dgram.createSocket("udp4");
  expect(() => {
    socket.send("x", foreignPort, "127.0.0.1");
  }).toThrow(/EPERM/u);
  expect(() => socket.bind(0)).toThrow(/EPERM/u);
  socket.close();
});
