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
  const byLimit = LITERAL_LIMITS.map((limit) => wordTitles({ ...input, limit }));
  const levels = byLimit[0]?.keys() ?? [];
  const fitting = [...levels].flatMap((level) => {
    const titles = byLimit.map((titlesOfLimit) => titlesOfLimit[level] ?? "");
    const found = titles.find((title) => title.length <= LONGEST_TITLE);
    return found === undefined ? [] : [found];
  });
  return [...new Set(fitting.length > 0 ? fitting : [shorten(byLimit.at(-1)?.[0] ?? "works")])];
}

/** How long literals in a title may be; the largest that lets the title fit is taken. */
const LITERAL_LIMITS = [40, 24, 12];

function wordTitles(input: Wording): string[] {
  const outcome = phraseOutcome(input);
  const inputs = phraseInputs(input);
  const receiver = phraseReceiver(input);
  const history = phraseHistory(input);
  const context = history === "" ? receiver.replace(/^on /, "for ") : history;
  const levels = [
    [outcome, inputs === "" ? context : inputs],
    [outcome, inputs, inputs === "" ? context : receiver],
    [outcome, inputs, history],
    [outcome, inputs, receiver, history],
  ];
  return levels.map((parts) => parts.filter((part) => part !== "").join(" "));
}

interface Wording extends TitleInput {
  /** How long a literal may be. */
  readonly limit: number;
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

function phraseOutcome(input: Wording): string {
  const { plan, recording, program } = input;
  const last = plan.reached - 1;
  const statement = program.statements[last];
  const outcome = recording.outcomes[last];
  if (statement === undefined) return "works";
  const whose = phraseMember(statement, input);
  if (plan.thrown !== null) return `${whose}${phraseThrown(plan.thrown)}`;
  const value = outcome?.kind === "returned" ? outcome.value : null;
  if (value === null) return "works";
  const isSilent = value.kind === "undefined" || statement.kind === "set";
  const effect = isSilent ? phraseEffect(input) : null;
  return `${whose}${effect ?? phraseValue(statement, value, input.limit)}`;
}

/** Whose member the test is about, where the describe block does not say it: `its push `. */
function phraseMember(statement: Statement, { topics, plan, use }: Wording): string {
  const topic = topics.topicOf(plan.reached - 1);
  if (topic.isOwn || use.name === "") return "";
  if (statement.kind === "call-value") return "its result ";
  const name = "name" in statement ? statement.name : null;
  return name === null || !isPlainText(name) ? "" : `its ${name} `;
}

function phraseThrown({ error, isPromise }: NonNullable<AssertionPlan["thrown"]>): string {
  const verb = isPromise ? "rejects with" : "throws";
  if (!error.isError) {
    const isNothing = error.name === "undefined" || error.name === "null";
    const isSpoken = /^[a-z]+$/.test(error.name);
    return `${verb} ${isNothing ? error.name : withArticle(isSpoken ? error.name : "object")}`;
  }
  const code = error.code !== null && isPlainText(error.code) ? ` with code ${error.code}` : "";
  return `${verb} ${withArticle(isPlainText(error.name) ? error.name : "error")}${code}`;
}

function phraseValue(statement: Statement, value: Snapshot, limit: number): string {
  const text = toFields(value, limit);
  switch (statement.kind) {
    case "new":
      return `creates ${text}`;
    case "get":
      return `is ${text}`;
    case "set":
      return "can be set";
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
function phraseEffect({ plan, recording, limit }: Wording): string | null {
  const [file] = Object.entries(plan.files);
  if (file !== undefined) {
    const others = Object.keys(plan.files).length - 1;
    const name = isPlainText(file[0]) ? file[0].replace(/\/$/, "") : "a file";
    const more = others === 0 ? "" : ` and ${count(others, "other")}`;
    return `${file[1] === null ? "removes" : "writes"} ${name}${more}`;
  }
  const spy = plan.final.find(({ subject }) => subject.of === "spy");
  if (spy !== undefined) {
    const calls = recording.spies[spy.subject.index]?.calls.length ?? 0;
    return `calls its callback ${calls === 1 ? "once" : count(calls, "time")}`;
  }
  const change = plan.final[0];
  const after = recording.mutations.findLast(
    ({ statement }) => statement === change?.subject.index,
  )?.after;
  if (after === undefined) return null;
  return `leaves ${toFields(after, limit)}`;
}

/** A result by its fields where they are few, else by its class or size. */
function toFields(value: Snapshot, limit: number): string {
  if (value.kind === "object" && value.entries.length > 0) {
    const fields = phraseSnapshot({ ...value, className: "Object" }, limit);
    if (fields.isLiteral) return fields.text;
  }
  return phraseSnapshot(value, limit).text;
}

function toItems(value: Snapshot): string {
  if (value.kind !== "array" || value.length !== value.items.length) {
    return phraseSnapshot(value).text;
  }
  if (value.length === 0) return "nothing";
  return value.items
    .slice(0, 3)
    .map((item) => phraseSnapshot(item, 20).text)
    .join(", ");
}

function phraseInputs(input: Wording): string {
  const statement = input.program.statements[input.plan.reached - 1];
  if (statement === undefined) return "";
  if (statement.kind === "set") return `when set to ${nameGene(statement.value, input).text}`;
  const args = "args" in statement ? statement.args : argsOfMaker(statement, input);
  if (args === null) return "";
  if (args.length === 0 && statement.kind === "call-with-callback") return "for a callback";
  if (args.length === 0) return isMissingArguments(input) ? "without arguments" : "";
  const names = parameterNames(input.hint, args.length);
  const parts = args.map((gene, index) => {
    const phrase = nameGene(gene, input);
    const name = names[index];
    const literal = phrase.empty ?? (phrase.isLiteral ? phrase.text : null);
    return name === null || name === undefined || literal === null
      ? phrase.text
      : `${name} = ${literal}`;
  });
  return `${statement.kind === "new" ? "from" : "for"} ${joinWords(parts)}`;
}

/** What looks into the result of a call is described by the arguments of that call. */
function argsOfMaker(statement: Statement, input: Wording): readonly ValueGene[] | null {
  const receiver = receiverOf(statement);
  const maker = receiver === null ? undefined : input.program.statements[receiver];
  return maker?.kind === "call" && maker.args.length > 0 ? maker.args : null;
}

/** Whether calling without arguments is worth a word. */
function isMissingArguments({ hint, plan, program }: Wording): boolean {
  if (hint !== null && hint.signatures.length > 0) {
    return hint.signatures.every(({ params }) => params.length > 0);
  }
  const kind = program.statements[plan.reached - 1]?.kind;
  return plan.thrown !== null && (kind === "call" || kind === "new");
}

function phraseReceiver(input: Wording): string {
  const statement = input.program.statements[input.plan.reached - 1];
  const receiver = statement === undefined ? null : receiverOf(statement);
  if (receiver === null) return "";
  const made = input.program.statements[receiver];
  const isSaid =
    statement !== undefined && !("args" in statement) && argsOfMaker(statement, input) !== null;
  return made === undefined || isSaid ? "" : `on ${phraseCall(made, input, 40)}`;
}

/** The steps before the last one that are not its receiver. */
function phraseHistory(input: Wording): string {
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
function phraseCall(statement: Statement, input: Wording, limit: number): string {
  if (statement.kind === "call-value") return "calling it";
  const name = nameOfCall(statement, input);
  if (statement.kind === "set") return `${name} = ${nameGene(statement.value, input).text}`;
  const args = "args" in statement ? statement.args.map((gene) => nameGene(gene, input)) : [];
  const isShort = args.every(({ isLiteral }) => isLiteral);
  const full = `${name}(${args.map(({ text }) => text).join(", ")})`;
  if (isShort && full.length <= limit) return full;
  return `${name}(…)`;
}

function nameOfCall(statement: Statement, { use }: Wording): string {
  switch (statement.kind) {
    case "new":
      return `new ${toDisplayPath(statement.callee, use)}`;
    case "call":
      return toDisplayPath(statement.callee, use);
    case "method":
    case "get":
    case "set":
      return isPlainText(statement.name) ? statement.name : "member";
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

function nameGene(gene: ValueGene, input: Wording): Phrase {
  return phraseGene(gene, (statement) => phraseEarlier(statement, input), input.limit);
}

/** An earlier result: how it was made where that is short, else its class or value. */
function phraseEarlier(statement: number, input: Wording): Phrase {
  const outcome = input.recording.outcomes[statement];
  const maker = input.program.statements[statement];
  if (outcome?.kind !== "returned" || maker === undefined) {
    return { text: "an earlier result", isLiteral: false };
  }
  const className = input.topics.classOf(statement);
  if (maker.kind === "new" && input.limit > 20) {
    const text = phraseCall(maker, { ...input, limit: 12 }, input.limit - 10);
    if (!text.includes("…")) return { text, isLiteral: true };
  }
  if (className !== null) return { text: withArticle(className), isLiteral: false };
  return phraseSnapshot(outcome.value, 20);
}

function parameterNames(hint: CallableHint | null, args: number): (string | null)[] {
  const signature =
    hint?.signatures.find(({ params }) => params.length >= args) ?? hint?.signatures.at(-1);
  return (signature?.params ?? []).map(({ name, rest }) => (rest ? null : toParameterName(name)));
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
