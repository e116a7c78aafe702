import dgram from "node:dgram";
import dns from "node:dns";
import net from "node:net";
import { resolve, sep } from "node:path";

type Anything = (...args: unknown[]) => unknown;
type Target = Record<string, unknown>;

const LOOPBACK = new Set(["", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::"]);
/** Ports and socket paths that servers of this process listen on. */
const own = new Set<string>();

/**
 * Stubs sockets and look-ups: only servers of this very process can be reached, over loopback. The
 * errors are those that a machine without network gives. `writable` are the folders in which a server
 * may make a socket file.
 */
export function guardNetwork(writable: readonly string[]): void {
  guardConnect();
  guardListen(writable);
  guardLookups();
  for (const name of ["send", "connect", "bind", "addMembership", "addSourceSpecificMembership"]) {
    (dgram.Socket.prototype as unknown as Target)[name] = () => {
      throw toError("EPERM", `${name} EPERM: there is no network`, name);
    };
  }
}

function guardConnect(): void {
  const prototype = net.Socket.prototype as unknown as Target;
  const connect = prototype["connect"] as Anything;
  prototype["connect"] = function (this: net.Socket, ...args: unknown[]): unknown {
    const { address, port, path } = toTarget(args);
    const isOwn = path === null ? LOOPBACK.has(address) && own.has(port) : own.has(path);
    if (isOwn) return connect.apply(this, args);
    process.nextTick(() => {
      this.destroy(toRefusal(address, port, path));
    });
    return this;
  };
}

function toRefusal(address: string, port: string, path: string | null): Error {
  if (path !== null) return toError("ENOENT", `connect ENOENT ${path}`, "connect");
  if (LOOPBACK.has(address)) {
    return toError("ECONNREFUSED", `connect ECONNREFUSED ${address}:${port}`, "connect");
  }
  if (net.isIP(address) !== 0) {
    return toError("ENETUNREACH", `connect ENETUNREACH ${address}:${port}`, "connect");
  }
  return toError("EAI_AGAIN", `getaddrinfo EAI_AGAIN ${address}`, "getaddrinfo");
}

interface ConnectTarget {
  readonly address: string;
  readonly port: string;
  readonly path: string | null;
}

/** Reads the many shapes of arguments of `connect` and `listen` (node:net documentation). */
function toTarget(args: readonly unknown[]): ConnectTarget {
  // Node's own callers hand over arguments that are normalised already: [[options, callback]].
  const given: readonly unknown[] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  const first = given[0];
  if (typeof first === "object" && first !== null) {
    const { host, port, path } = first as { host?: unknown; port?: unknown; path?: unknown };
    const isPath = typeof path === "string";
    return { address: toText(host), port: toText(port), path: isPath ? path : null };
  }
  if (typeof first === "string" && !/^\d+$/u.test(first)) {
    return { address: "", port: "", path: first };
  }
  const host = typeof given[1] === "string" ? given[1] : "";
  return { address: host, port: toText(first), path: null };
}

function guardListen(writable: readonly string[]): void {
  const prototype = net.Server.prototype as unknown as Target;
  const listen = prototype["listen"] as Anything;
  prototype["listen"] = function (this: net.Server, ...args: unknown[]): unknown {
    const { address, path } = toTarget(args);
    const isAllowed =
      path === null ? LOOPBACK.has(address) : writable.some((folder) => isWithin(path, folder));
    if (!isAllowed) {
      process.nextTick(() => this.emit("error", toError("EACCES", "listen EACCES", "listen")));
      return this;
    }
    this.prependOnceListener("listening", () => {
      const bound = this.address();
      if (bound !== null) own.add(typeof bound === "string" ? bound : String(bound.port));
    });
    return listen.apply(this, path === null ? toLoopback(args) : args);
  };
}

/** A server without an address would listen for the whole network. */
function toLoopback(args: unknown[]): unknown[] {
  const [first, ...rest] = args;
  if (Array.isArray(first)) return [toLoopback(first as unknown[])];
  if (typeof first === "object" && first !== null) {
    return [{ ...first, host: "127.0.0.1" }, ...rest];
  }
  const callbacks = args.filter((one) => typeof one === "function");
  const port = typeof first === "function" || first === undefined ? 0 : first;
  return [{ port, host: "127.0.0.1" }, ...callbacks];
}

function guardLookups(): void {
  const refuse = (name: unknown): Error =>
    toError("EAI_AGAIN", `getaddrinfo EAI_AGAIN ${toText(name)}`, "getaddrinfo");
  const callBack = (...args: unknown[]): void => {
    const callback = args.at(-1);
    if (typeof callback !== "function") return;
    process.nextTick(() => {
      Reflect.apply(callback, undefined, [refuse(args[0])]);
    });
  };
  const reject = (name: unknown): Promise<never> => Promise.reject(refuse(name));
  const lookup = dns.lookup as Anything;
  const lookupPromise = dns.promises.lookup as Anything;
  const isLocal = (name: unknown): boolean =>
    name === "localhost" || net.isIP(toText(name)) !== 0 || name === undefined;
  replaceQueries(dns, callBack);
  replaceQueries(dns.promises, reject);
  replaceQueries(dns.Resolver.prototype as unknown as Target, callBack);
  replaceQueries(dns.promises.Resolver.prototype as unknown as Target, reject);
  (dns as unknown as Target)["lookup"] = (...args: unknown[]) => {
    if (isLocal(args[0])) return lookup.apply(dns, args);
    callBack(...args);
    return {};
  };
  (dns.promises as unknown as Target)["lookup"] = (...args: unknown[]) =>
    isLocal(args[0]) ? lookupPromise.apply(dns.promises, args) : reject(args[0]);
}

function replaceQueries(target: Target, stub: (...args: unknown[]) => unknown): void {
  let holder: object | null = target;
  while (holder !== null && holder !== Object.prototype) {
    for (const name of Object.getOwnPropertyNames(holder)) {
      if (/^(?:resolve|reverse|lookupService)/u.test(name)) target[name] = stub;
    }
    holder = Object.getPrototypeOf(holder) as object | null;
  }
}

function toText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function isWithin(path: string, folder: string): boolean {
  return resolve(path).startsWith(folder + sep);
}

function toError(code: string, message: string, syscall: string): Error {
  return Object.assign(new Error(message), { code, syscall });
}
