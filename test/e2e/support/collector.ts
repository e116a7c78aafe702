import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** How a collector of traces is ill. */
export const COLLECTOR_FAULTS = {
  /** Takes everything and never answers. */
  silent: () => undefined,
  /** Answers byte by byte, for ever. */
  trickling: (socket: Socket) => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{");
    const drip = setInterval(() => socket.write(" "), 200);
    socket.on("close", () => {
      clearInterval(drip);
    });
  },
  overloaded: (socket: Socket) => {
    socket.end("HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n");
  },
  resetting: (socket: Socket) => {
    socket.resetAndDestroy();
  },
  garbled: (socket: Socket) => {
    socket.end("\u0000\u0001 this is no HTTP\r\n\r\n");
  },
} satisfies Readonly<Record<string, (socket: Socket) => void>>;

export type CollectorFault = keyof typeof COLLECTOR_FAULTS;

/** A collector that is ill. */
export interface IllCollector extends AsyncDisposable {
  readonly url: string;
  /** How many requests it was sent. */
  readonly requests: () => number;
  /** How many connections it holds. */
  readonly connections: () => number;
}

export async function anIllCollector(fault: CollectorFault): Promise<IllCollector> {
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.once("data", () => {
      requests += 1;
      COLLECTOR_FAULTS[fault](socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    requests: () => requests,
    connections: () => sockets.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
