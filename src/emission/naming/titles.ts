import type { CallableHint } from "../../contract/api-model.ts";
import type { Statement, TestProgram, ValueGene } from "../../contract/program.ts";
import type { Recording, Snapshot } from "../../contract/snapshot.ts";
import type { AssertionPlan } from "../program/assertion.ts";
import { receiverOf } from "../program/references.ts";
import { toDisplayPath, type ModuleUse } from "./name-module.ts";
import { withArticle } from "./names.ts";
import {
  count,
  isPlainText,
  phraseGene,
  phraseSnapshot,
  toParameterName,
  type Phrase,
} from "./phrases.ts";
import type { TopicFinder } from "./topics.ts";

export const LONGEST_TITLE = 90;

/** What titles are made from. */
export interface TitleInput {
  readonly program: TestProgram;
  readonly recording: Recording;
  readonly plan: AssertionPlan;
  readonly use: ModuleUse;
  readonly topics: TopicFinder;
  /** The callable that the last statement runs, where analysis knows it. */
  readonly hint: CallableHint | null;
}

/** Titles for one test, the plainest first; later ones say more and serve where an earlier one is taken. */
export function proposeTitles(input: TitleInput): string[] {
  const outcome = phraseOutcome(input);
  const inputs = phraseInputs(input);
  const receiver = phraseReceiver(input);
  const history = phraseHistory(input);
  const wordy = [
    [outcome, inputs],
    [outcome, inputs, receiver],
    [outcome, inputs, history],
    [outcome, inputs, receiver, history],
  ];
  const titles = wordy.map((parts) => parts.filter((part) => part !== "").join(" "));
  const fitting = titles.filter((title) => title.length <= LONGEST_TITLE);
  const unique = [...new Set(fitting.length > 0 ? fitting : [shorten(titles[0] ?? outcome)])];
  return unique;
}

/** Gives every test of a group its own title: a fuller one first, a running number only if all are taken. */
export function settleTitles(proposals: readonly (readonly string[])[]): string[] {
  const level = proposals.map(() => 0);
  const titleAt = (index: number): string => proposals[index]?.[level[index] ?? 0] ?? "works";
  for (let round = 0; round < 4; round += 1) {
    const groups = Map.groupBy(proposals.keys(), titleAt);
    for (const members of groups.values()) {
      if (members.length < 2) continue;
      for (const index of members) {
        const next = (level[index] ?? 0) + 1;
        if (next < (proposals[index]?.length ?? 0)) level[index] = next;
      }
    }
  }
  const seen = new Map<string, number>();
  return proposals.map((_titles, index) => {
    const title = titleAt(index);
    const times = (seen.get(title) ?? 0) + 1;
    seen.set(title, times);
    return times === 1 ? title : `${shorten(title, LONGEST_TITLE - 10)}, case ${times}`;
  });
}

function phraseOutcome(input: TitleInput): string {
  const { plan, recording, program } = input;
  const last = plan.reached - 1;
  const statement = program.statements[last];
  const outcome = recording.outcomes[last];
  if (plan.thrown !== null) {
    const { error, isPromise } = plan.thrown;
    const what = error.isError
      ? withArticle(isPlainText(error.name) ? error.name : "error")
      : `a thrown ${error.name}`;
    const code = error.code !== null && isPlainText(error.code) ? ` with code ${error.code}` : "";
    return `${isPromise ? "rejects with" : "throws"} ${what.replace("a thrown ", "a ")}${code}`;
  }
  const value = outcome?.kind === "returned" ? outcome.value : null;
  if (statement === undefined || value === null) return "works";
  if (value.kind === "undefined" || statement.kind === "set")
    return phraseEffect(input) ?? phraseValue(statement, value);
  return phraseValue(statement, value);
}

function phraseValue(statement: Statement, value: Snapshot): string {
  const { text } = phraseSnapshot(value);
  switch (statement.kind) {
    case "new":
      return value.kind === "object" && value.entries.length > 0
        ? `creates ${toFields(value)}`
        : `creates ${text}`;
    case "get":
      return `is ${text}`;
    case "set":
      return `can be set`;
    case "iterate":
      return `yields ${text}`;
    case "wait-event":
      return isPlainText(statement.event)
        ? `emits ${statement.event} with ${toItems(value)}`
        : `emits ${text}`;
    case "call-with-callback":
      return `calls back with ${toItems(value)}`;
    case "call":
    case "method":
    case "call-value":
      return `${statement.awaits ? "resolves to" : "returns"} ${text}`;
  }
}

/** What a test without a result is about: changed values, callbacks that were called, files. */
function phraseEffect({ plan, recording }: TitleInput): string | null {
  const [file] = Object.entries(plan.files);
  if (file !== undefined) {
    const others = Object.keys(plan.files).length - 1;
    const name = isPlainText(file[0]) ? file[0].replace(/\/$/, "") : "a file";
    const more = others === 0 ? "" : ` and ${count(others, "other")}`;
    return `${file[1] === null ? "removes" : "writes"} ${name}${more}`;
  }
  const spy = plan.final.find(({ subject }) => subject.of === "spy");
  if (spy !== undefined) {
    const calls = recording.spies[spy.subject.index]?.calls ?? [];
    return calls.length === 1
      ? "calls its callback once"
      : `calls its callback ${count(calls.length, "time")}`;
  }
  const change = plan.final[0];
  if (change === undefined) return null;
  const after = recording.mutations.findLast(
    ({ statement }) => statement === change.subject.index,
  )?.after;
  return after === undefined
    ? null
    : `leaves ${after.kind === "object" ? toFields(after) : phraseSnapshot(after).text}`;
}

function toFields(value: Extract<Snapshot, { kind: "object" }>): string {
  const plain: Snapshot = { ...value, className: "Object" };
  const fields = phraseSnapshot(plain, 36);
  return fields.isLiteral ? fields.text : phraseSnapshot(value).text;
}

function toItems(value: Snapshot): string {
  if (value.kind !== "array" || value.length !== value.items.length)
    return phraseSnapshot(value).text;
  if (value.length === 0) return "nothing";
  return value.items
    .slice(0, 3)
    .map((item) => phraseSnapshot(item, 20).text)
    .join(", ");
}

function phraseInputs(input: TitleInput): string {
  const statement = input.program.statements[input.plan.reached - 1];
  if (statement === undefined) return "";
  if (statement.kind === "set") return `to ${nameGene(statement.value, input).text}`;
  if (!("args" in statement)) return "";
  const { args } = statement;
  if (args.length === 0)
    return input.hint !== null && takesNothing(input.hint) ? "" : "without arguments";
  const names = parameterNames(input.hint, args.length);
  const parts = args.map((gene, index) => {
    const phrase = nameGene(gene, input);
    const name = names[index];
    return name === null || name === undefined || !phrase.isLiteral
      ? phrase.text
      : `${name} = ${phrase.text}`;
  });
  return `for ${joinWords(parts)}`;
}

function phraseReceiver(input: TitleInput): string {
  const statement = input.program.statements[input.plan.reached - 1];
  const receiver = statement === undefined ? null : receiverOf(statement);
  if (receiver === null) return "";
  const made = input.program.statements[receiver];
  return made === undefined ? "" : `on ${phraseCall(made, input, 40)}`;
}

/** The steps before the last one that are not its receiver. */
function phraseHistory(input: TitleInput): string {
  const last = input.plan.reached - 1;
  const statement = input.program.statements[last];
  const receiver = statement === undefined ? null : receiverOf(statement);
  const steps = input.program.statements
    .slice(0, last)
    .flatMap((step, index) =>
      index === receiver || step.kind === "get" || step.kind === "new"
        ? []
        : [phraseCall(step, input, 30)],
    );
  return steps.length === 0 ? "" : `after ${joinWords(steps.slice(-3))}`;
}

/** A statement as a short call: `new Complex(1, 2)`, `push("a")`. */
function phraseCall(statement: Statement, input: TitleInput, limit: number): string {
  const name = nameOfCall(statement, input);
  const args = "args" in statement ? statement.args.map((gene) => nameGene(gene, input)) : [];
  const isShort = args.every(({ isLiteral }) => isLiteral);
  const full = `${name}(${args.map(({ text }) => text).join(", ")})`;
  if (isShort && full.length <= limit) return full;
  return `${name}(…)`;
}

function nameOfCall(statement: Statement, { use }: TitleInput): string {
  switch (statement.kind) {
    case "new":
      return `new ${toDisplayPath(statement.callee, use)}`;
    case "call":
      return toDisplayPath(statement.callee, use);
    case "method":
    case "get":
      return isPlainText(statement.name) ? statement.name : "member";
    case "set":
      return `set ${isPlainText(statement.name) ? statement.name : "member"}`;
    case "call-with-callback":
      return "receiver" in statement.callee
        ? statement.callee.name
        : toDisplayPath(statement.callee, use);
    case "call-value":
      return "its result";
    case "iterate":
      return "iterating";
    case "wait-event":
      return "waiting";
  }
}

function nameGene(gene: ValueGene, input: TitleInput): Phrase {
  return phraseGene(gene, (statement) => {
    const outcome = input.recording.outcomes[statement];
    if (outcome?.kind !== "returned") return { text: "an earlier result", isLiteral: false };
    const className = input.topics.classOf(statement);
    if (className !== null) return { text: withArticle(className), isLiteral: false };
    return phraseSnapshot(outcome.value, 20);
  });
}

function parameterNames(hint: CallableHint | null, args: number): (string | null)[] {
  const signature =
    hint?.signatures.find(({ params }) => params.length >= args) ?? hint?.signatures.at(-1);
  return (signature?.params ?? []).map(({ name, rest }) => (rest ? null : toParameterName(name)));
}

function takesNothing(hint: CallableHint): boolean {
  return hint.signatures.length > 0 && hint.signatures.every(({ params }) => params.length === 0);
}

function joinWords(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}

function shorten(title: string, limit = LONGEST_TITLE): string {
  if (title.length <= limit) return title;
  const cut = title.slice(0, limit - 1);
  const space = cut.lastIndexOf(" ");
  return `${cut.slice(0, space > limit / 2 ? space : limit - 1).replace(/[,;:]$/, "")}…`;
}
