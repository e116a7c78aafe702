import type { Session } from "../harness/session.ts";
import { readFileMark } from "./node-shim.ts";

/** The part of a node:test event that is read. */
interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name: string;
    readonly nesting: number;
    readonly skip?: string | boolean | undefined;
    readonly todo?: string | boolean | undefined;
    readonly details?: {
      readonly type?: string;
      readonly duration_ms: number;
      readonly error?: { readonly failureType?: string; readonly cause?: unknown };
    };
  };
}

/** Turns the events of node:test into result lines; `blame` learns which errors a red test stands for. */
export async function reportNodeTests(
  events: AsyncIterable<TestEvent>,
  session: Session,
  blame: (thrown: unknown) => void,
): Promise<void> {
  const { files } = session.config;
  const path: string[] = [];
  for await (const { type, data } of events) {
    if (type === "test:start") path.splice(data.nesting, path.length, data.name);
    if (type !== "test:pass" && type !== "test:fail") continue;
    const title = [...path.slice(0, data.nesting), data.name].join(" > ");
    const { file, markedTitle } = readFileMark(files, title);
    const failure = data.details?.error;
    const thrown = failure?.cause instanceof Object ? failure.cause : (failure?.cause ?? failure);
    blame(thrown);
    if (data.details?.type === "suite") {
      const isOwn = type === "test:fail" && failure?.failureType !== "subtestsFailed";
      if (isOwn) session.loadFailure(file, thrown);
      continue;
    }
    const isSkipped = isSet(data.skip) || isSet(data.todo);
    const status = isSkipped ? "skipped" : type === "test:pass" ? "passed" : "failed";
    session.report({ file, markedTitle }, status, data.details?.duration_ms ?? 0, thrown);
  }
  session.writeEnd();
}

function isSet(mark: string | boolean | undefined): boolean {
  return mark !== undefined && mark !== false;
}
