import type { Recording } from "../../contract/snapshot.ts";

/**
 * What a written test would assert of a recording, as text: two recordings with equal text cannot
 * be told apart by the test. Floats are compared with tolerance there, so they are rounded here.
 */
export function toAssertedText(recording: Recording): string {
  return JSON.stringify(recording, (_key, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? value.toPrecision(9) : value,
  );
}
