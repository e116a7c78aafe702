/** Whether a value belongs to a type: only what is certain is `yes` or `no`. */
export type Verdict = "yes" | "no" | "unknown";

/** `no` if any part is, else `unknown` if any part is, else `yes`. */
export function allOf(parts: Iterable<Verdict>): Verdict {
  let result: Verdict = "yes";
  for (const part of parts) {
    if (part === "no") return "no";
    if (part === "unknown") result = "unknown";
  }
  return result;
}

/** `yes` if any part is, else `unknown` if any part is, else `no`. */
export function anyOf(parts: Iterable<Verdict>): Verdict {
  let result: Verdict = "no";
  for (const part of parts) {
    if (part === "yes") return "yes";
    if (part === "unknown") result = "unknown";
  }
  return result;
}

export function toVerdict(isTrue: boolean): Verdict {
  return isTrue ? "yes" : "no";
}
