import type { ExportPath, TestProgram } from "../../contract/program.ts";
import type { Recording } from "../../contract/snapshot.ts";
import { calleeOf, receiverOf } from "../program/references.ts";
import { toDisplayPath, type ModuleUse } from "./name-module.ts";

/** What a test is about. */
export interface Topic {
  /** Title of its describe block: `add`, `Complex#mul`. */
  readonly group: string;
  /** The export or class it belongs to, for splitting large files. */
  readonly owner: string;
  /** The callable's path as analysis knows it, or null. */
  readonly path: ExportPath | null;
  /** False where the test is about something inside a result of the group's callable. */
  readonly isOwn: boolean;
}

export interface TopicFinder {
  topicOf(statement: number): Topic;
  /** The class of a statement's result where it is the target's own, or null. */
  classOf(statement: number): string | null;
}

/** Classes of the platform: a method on one of them is no topic of its own. */
const PLATFORM =
  /^(?:Object|Array|Promise|Map|Set|Date|RegExp|Function|Error|String|Number|Boolean|Symbol|Buffer|Iterator|Generator|AsyncGenerator|GeneratorFunction|null|.*Iterator|.*Array|.*Error)$/;

export function createTopicFinder(
  program: TestProgram,
  recording: Recording,
  use: Pick<ModuleUse, "name">,
): TopicFinder {
  const classOf = (index: number): string | null => {
    const statement = program.statements[index];
    const outcome = recording.outcomes[index];
    if (statement?.kind === "new") return toDisplayPath(statement.callee, use);
    if (outcome?.kind !== "returned") return null;
    const { value } = outcome;
    if (value.kind === "same") return value.statement === index ? null : classOf(value.statement);
    const className = value.kind === "object" || value.kind === "opaque" ? value.className : "";
    return /^[A-Za-z_$][\w$]*$/.test(className) && !PLATFORM.test(className) ? className : null;
  };
  const topicOf = (index: number): Topic => {
    const statement = program.statements[index];
    if (statement === undefined)
      return { group: use.name, owner: use.name, path: null, isOwn: false };
    const callee = calleeOf(statement);
    if (callee !== null) {
      const owner = toDisplayPath(callee.slice(0, 1), use);
      return { group: toDisplayPath(callee, use), owner, path: callee, isOwn: true };
    }
    const receiver = receiverOf(statement) ?? 0;
    const className = classOf(receiver);
    const member = memberOf(statement);
    if (className === null || member === null) {
      const isOwn = statement.kind === "iterate" || statement.kind === "wait-event";
      return { ...topicOf(receiver), path: null, isOwn };
    }
    const root = rootOf(receiver);
    const path = root === null ? null : [...root, "prototype", member];
    return {
      group: `${className}#${member}`,
      owner: className.replace(/\..*$/, ""),
      path,
      isOwn: true,
    };
  };
  const rootOf = (index: number): ExportPath | null => {
    const statement = program.statements[index];
    return statement?.kind === "new" ? statement.callee : null;
  };
  return { topicOf, classOf };
}

function memberOf(statement: TestProgram["statements"][number]): string | null {
  switch (statement.kind) {
    case "method":
    case "get":
    case "set":
      return statement.name;
    case "call-with-callback":
      return "receiver" in statement.callee ? statement.callee.name : null;
    default:
      return null;
  }
}
