import type { Frame, MockReply } from "./dialects/dialect.ts";

/** What a script may say about one fault beside its name. */
export interface FaultOptions {
  /** Waits of hangs and silences end with the connection after this, ms. @defaultValue 600000 */
  readonly holdMs?: number | undefined;
  /** Value of `Retry-After` where a fault sends one, seconds. */
  readonly retryAfter?: number | undefined;
  /** Frames with content that still come before a stream breaks. @defaultValue 3 */
  readonly after?: number | undefined;
  /** Parameter that a 400 names. @defaultValue temperature */
  readonly parameter?: string | undefined;
}

/** A whole answer in place of the model's. */
export interface CannedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null for the protocol's own error body. */
  readonly body: string | null;
  /** The protocol's kind of error and its sentence. */
  readonly kind: string;
  readonly message: string;
}

/** What happens to the bytes. */
export type WireFault =
  | "reset"
  | "silence"
  | "silence-after-headers"
  | "hang"
  | "cut"
  | "reset-in-stream"
  | "gzip-cut"
  | "length-short"
  | "endless"
  | "drip";

export type FaultAction =
  | {
      readonly kind: "canned";
      readonly make: (options: FaultOptions, nowMs: number) => CannedAnswer;
    }
  | { readonly kind: "reply"; readonly change: (reply: MockReply) => MockReply }
  | { readonly kind: "frames"; readonly change: (frames: readonly Frame[]) => readonly Frame[] }
  | { readonly kind: "wire"; readonly fault: WireFault };

export interface Fault {
  /** In the catalogue of faults; null for one that only this server knows. */
  readonly id: string | null;
  readonly about: string;
  readonly action: FaultAction;
}
