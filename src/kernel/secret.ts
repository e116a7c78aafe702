import { inspect } from "node:util";

const REDACTED = "[redacted]";

/**
 * A text that must not be shown. Every way to print or copy one gives `[redacted]`; only {@link reveal} hands the
 * text out, so that each place where it can leak can be searched for.
 */
export class Secret {
  readonly #text: string;
  /** What copies and property dumps show: `structuredClone` and spreading take own properties. */
  readonly value: string = REDACTED;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Hand it to what needs it at once; keep and print the secret. */
  reveal(): string {
    return this.#text;
  }

  /** Whether both hold the same text. */
  equals(other: Secret): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  static {
    Object.defineProperty(this.prototype, inspect.custom, { value: () => REDACTED });
  }
}
