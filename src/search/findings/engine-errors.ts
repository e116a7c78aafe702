import type { CallableHint, ModuleModel } from "../../contract/api-model.ts";
import type { ThrownSnapshot } from "../../contract/snapshot.ts";

/** What V8 itself throws when code goes wrong, and how likely each is a defect of the code that ran. */
const CRASHES: readonly (readonly [name: string, message: RegExp, score: number])[] = [
  ["ReferenceError", /^.+ is not defined$/, 0.95],
  ["ReferenceError", /^Cannot access '.+' before initialization$/, 0.95],
  ["TypeError", /^Cannot (?:read|set) propert(?:y|ies) of (?:undefined|null)/, 0.9],
  ["TypeError", /^Cannot destructure property/, 0.9],
  ["TypeError", /^Cannot destructure '.*' as it is (?:undefined|null)/, 0.9],
  ["TypeError", / is not a function(?: or its return value is not iterable)?$/, 0.9],
  ["TypeError", / is not iterable(?: \(cannot read property .+\))?$/, 0.9],
  ["TypeError", /^(?:undefined|null|object null) is not /, 0.9],
  ["TypeError", / is not a constructor$/, 0.9],
  ["TypeError", /^Cannot convert undefined or null to object$/, 0.88],
  ["TypeError", /^Reduce of empty array with no initial value$/, 0.85],
  ["TypeError", /^Cannot use 'in' operator to search for /, 0.85],
  ["TypeError", /^Right-hand side of 'instanceof' is not /, 0.85],
  ["TypeError", /^Assignment to constant variable\.$/, 0.95],
  ["TypeError", /^Cannot assign to read only property /, 0.7],
  ["TypeError", /^Cannot add property .+, object is not extensible$/, 0.65],
  ["TypeError", /^Cannot mix BigInt and other types/, 0.6],
  ["TypeError", /^Cannot convert object to primitive value$/, 0.5],
  ["RangeError", /^Maximum call stack size exceeded$/, 0.8],
  ["RangeError", /^Invalid time value$/, 0.5],
  ["RangeError", /^Invalid array length$/, 0.5],
  ["RangeError", /^Invalid count value: /, 0.5],
  ["RangeError", /^(?:toFixed|toPrecision|toExponential)\(\) .+ between /, 0.45],
  ["RangeError", /^toString\(\) radix /, 0.45],
  ["RangeError", /^Invalid code point /, 0.5],
  ["SyntaxError", /^Invalid regular expression: /, 0.6],
  ["URIError", /^URI malformed$/, 0.6],
];

/** Literals shorter than this say too little to recognise a message by. */
const MIN_LITERAL = 8;

/**
 * How likely an error is a defect rather than a check on purpose, 0 to 1. Only messages that the
 * engine makes count: whatever the sources spell out themselves was meant.
 */
export function scoreThrown(error: ThrownSnapshot, hint: CallableHint, model: ModuleModel): number {
  if (!error.isError || error.code !== null) return 0;
  const documented = hint.documentedThrows;
  if (documented.includes(error.name) || documented.includes("Error")) return 0;
  const crash = CRASHES.find(
    ([name, message]) => name === error.name && message.test(error.message),
  );
  if (crash === undefined) return 0;
  return isSpelledOut(error.message, hint, model) ? 0 : crash[2];
}

function isSpelledOut(message: string, hint: CallableHint, model: ModuleModel): boolean {
  for (const literal of [...hint.literals, ...model.pool]) {
    if (literal.kind !== "string") continue;
    const text = literal.value.trim();
    if (text.length >= MIN_LITERAL && message.includes(text)) return true;
  }
  return false;
}

/** The message without what changes from input to input, to tell like errors apart from others. */
export function toErrorShape(error: ThrownSnapshot): string {
  const message = error.message
    .replace(/'[^']*'|"[^"]*"|`[^`]*`/g, "'…'")
    .replace(/\/.*\//g, "/…/")
    .replace(/-?\d+(?:\.\d+)?/g, "0");
  return `${error.name}: ${message}`;
}
