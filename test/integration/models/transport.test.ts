import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, createServer as createTcpServer, type AddressInfo } from "node:net";
import { spawnSync } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startMockLlm } from "../../../src/adapters/mock-llm/start-mock-llm.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import { aFolder } from "./router-bench.ts";
import { aMock, ask, clock } from "./wire-bench.ts";

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** A proxy that tunnels, and counts what it was asked for. */
async function aProxy(): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer();
  server.on("connect", (request, socket) => {
    asked.push(`${request.url ?? ""} ${request.headers["proxy-authorization"] ?? ""}`);
    const [host, port] = (request.url ?? "").split(":");
    const out = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      out.pipe(socket).pipe(out);
    });
    out.on("error", () => socket.destroy());
    socket.on("error", () => out.destroy());
  });
  return { url: `http://me:secret@127.0.0.1:${await listen(server)}`, asked };
}

describe("the way to a provider", () => {
  test("goes through the provider's proxy, with its password", async () => {
    const mock = await aMock({ answers: [{ text: "hello" }] });
    const proxy = await aProxy();

    const outcome = await ask(mock, "openai", { endpoint: { proxy: new Secret(proxy.url) } });

    expect(outcome.text).toBe("hello");
    expect(proxy.asked).toEqual([`127.0.0.1:${mock.port} Basic ${btoa("me:secret")}`]);
  });

  test("carries headers, organisation and project", async () => {
    const mock = await aMock({});

    await ask(mock, "openai", {
      endpoint: {
        headers: { "x-team": new Secret("blue") },
        organization: "org-1",
        project: "p-1",
      },
    });

    expect(mock.requests[0]?.headers).toMatchObject({
      "x-team": "blue",
      "openai-organization": "org-1",
      "openai-project": "p-1",
    });
    expect(mock.requests[0]?.headers).not.toHaveProperty("authorization");
  });

  test("trusts a certificate of one's own only where it is named", async () => {
    const folder = await aFolder();
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const made = spawnSync("openssl", [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"],
      ...["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
    ]);
    expect(made.status, String(made.stderr)).toBe(0);
    const pem = await readFile(cert, "utf8");
    const mock = await aMock({ answers: [{ text: "hello" }] });
    const server = createTlsServer({ key: await readFile(key), cert: pem }, (request, response) => {
      void fetch(`${mock.url}${request.url ?? ""}`, {
        method: "POST",
        body: JSON.stringify({ model: "gpt-4.1", stream: true, messages: [] }),
      }).then(async (answer) => {
        response.writeHead(answer.status, { "content-type": "text/event-stream" });
        response.end(await answer.text());
      });
    });
    const url = `https://localhost:${await listen(server)}`;

    const refused = await ask({ url }, "openai");
    const trusted = await ask({ url }, "openai", { endpoint: { authorities: [pem] } });

    expect(refused.failure?.code).toBe("RGS-4021");
    expect(trusted.text).toBe("hello");
  });

  test("ends where nobody takes the connection up in time (F06)", async () => {
    // A connection that a proxy leaves hanging: no address of this machine swallows packets.
    const silent = createTcpServer();
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;

    const outcome = await ask({ url: "http://127.0.0.1:3999" }, "openai", {
      endpoint: { proxy: new Secret(`http://127.0.0.1:${port}`) },
      limits: { connectMs: 300, firstTokenMs: 600, gapMs: 600, totalMs: 10_000 },
    });

    expect(outcome.failure?.code).toBe("RGS-4009");
  });
});

describe("recordings of mock-llm", () => {
  test("give the same bytes again without the provider, and hold no key", async () => {
    const provider = await aMock({ answers: [{ text: "recorded once" }] });
    const recordings = await aFolder();
    const recorder = await startMockLlm({ clock }, { recordings, upstream: provider.url });
    onTestFinished(() => recorder[Symbol.asyncDispose]());
    const first = await ask(recorder, "anthropic");
    // Kept before its end was sent, and nothing half written beside it.
    expect(await readdir(recordings)).toEqual([expect.stringMatching(/^[0-9a-f]{32}\.json$/u)]);
    await provider[Symbol.asyncDispose]();

    const player = await startMockLlm({ clock }, { recordings });
    onTestFinished(() => player[Symbol.asyncDispose]());
    const again = await ask(player, "anthropic");
    const other = await ask(player, "anthropic", { messages: [{ role: "user", text: "else" }] });

    expect(first.text).toBe("recorded once");
    expect([again.text, again.usage, again.served]).toEqual([
      first.text,
      first.usage,
      first.served,
    ]);
    expect(other.failure?.code).toBe("RGS-4003");
    const files = spawnSync("grep", ["-r", "key-of-the-test", recordings]);
    expect(String(files.stdout)).toBe("");
  });
});
