import { createHash, timingSafeEqual } from "node:crypto";
import { BlockList, isIP } from "node:net";

import type { Secret } from "../kernel/secret.ts";
import { createAddressRefused, createHostRefused, createUnauthorized } from "./errors.ts";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Names by which a machine calls itself; RFC 6761, section 6.3. */
const SELF_NAMES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** @throws AddressRefused (RGS-5001) for an address that other machines can reach, and for names */
export function requireLoopback(host: string): void {
  const version = isIP(host);
  if (host === "localhost") return;
  if (version === 0 || !LOOPBACK.check(host, version === 4 ? "ipv4" : "ipv6")) {
    throw createAddressRefused(host);
  }
}

/**
 * Holds off web pages that reach this server under a name of their own (DNS rebinding). The port may be
 * another, as through a tunnel.
 * @throws HostRefused (RGS-5011)
 */
export function requireOwnHost(header: string | undefined, host: string): void {
  const name = (header ?? "").toLowerCase().replace(/:\d+$/u, "");
  const own = isIP(host) === 6 ? `[${host}]` : host;
  if (!SELF_NAMES.has(name) && name !== own) throw createHostRefused(header ?? "");
}

/** @throws Unauthorized (RGS-5010) */
export function requireToken(header: string | undefined, token: Secret): void {
  const given = /^Bearer (?<token>[\w-]+)$/iu.exec(header ?? "")?.groups?.["token"] ?? "";
  // Of equal length whatever was sent, so that the time says nothing.
  if (!timingSafeEqual(toDigest(given), toDigest(token.reveal()))) throw createUnauthorized();
}

function toDigest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
