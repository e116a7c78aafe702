import { createHash } from "node:crypto";

/** SHA-256 of a text or bytes, in lower-case hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The first `length` hex digits of {@link sha256}; 16 (64 bits) name content within one project. */
export function shortHash(content: string | Uint8Array, length = 16): string {
  return sha256(content).slice(0, length);
}

/** A number in [0, 1) that depends on the text alone, and evenly so: of many texts, a tenth lies below 0.1. */
export function toShare(text: string): number {
  return Number.parseInt(sha256(text).slice(0, 12), 16) / 2 ** 48;
}

/** JSON with sorted keys, so that equal values give equal text. */
export function toCanonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}
