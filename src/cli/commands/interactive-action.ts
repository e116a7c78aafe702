import type { CliContext } from "../context.ts";
import { createInterrupted, createTerminalNeeded } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { openPrompts, type Prompts } from "../prompts/open-prompts.ts";
import { runCommand } from "./run-command.ts";
import { toCwd, toStyle, type SharedFlags } from "./shared-flags.ts";

/** What stands behind one line of the menu: asks, then does what the command of that name does. */
type Entry = (session: Session) => Promise<void>;

interface Session {
  readonly context: CliContext;
  readonly prompts: Prompts;
  readonly cwd: string;
}

/** `regoose interactive`. */
export async function runInteractive(this: CliContext, flags: SharedFlags): Promise<void> {
  await runCommand(this, toStyle(this, flags), async () => {
    if (!this.canAsk || flags.json) {
      throw createTerminalNeeded("interactive", "`regoose --help` lists the commands behind it");
    }
    const session = { context: this, prompts: openPrompts(this), cwd: toCwd(this, flags) };
    session.prompts.begin("Regoose");
    const done = await chooseUntilLeft(session);
    session.prompts.end("Bye.");
    return { data: { done }, failure: null, print: () => undefined };
  });
}

const MENU = {
  generate: { label: "Generate", hint: "write proven tests", run: generate },
  verify: { label: "Verify", hint: "re-prove the tests that stand", run: verify },
  improve: { label: "Improve", hint: "let a model change code behind tests", run: improve },
  report: { label: "Report", hint: "what the latest run came to", run: report },
  why: { label: "Why", hint: "why the latest run ended as it did", run: why },
  runs: { label: "Runs", hint: "past runs of this project", run: listRuns },
  doctor: { label: "Doctor", hint: "is this machine ready?", run: doctor },
  setup: { label: "Setup", hint: "models and the project's file", run: setup },
} as const satisfies Readonly<
  Record<string, { readonly label: string; readonly hint: string; readonly run: Entry }>
>;

type EntryName = keyof typeof MENU;

/** Answers how many entries were run. A command that fails says so, and the menu comes again. */
async function chooseUntilLeft(session: Session): Promise<number> {
  const choices = (Object.keys(MENU) as EntryName[]).map((value) => {
    const { label, hint } = MENU[value];
    return { value, label, hint };
  });
  const leave = { value: "leave", label: "Leave" } as const;
  for (let done = 0; ; done += 1) {
    const name = await session.prompts.select<EntryName | "leave">("What now?", [
      ...choices,
      leave,
    ]);
    if (name === "leave") return done;
    await MENU[name].run(session);
    // What stopped the command, a signal or a Ctrl-C at one of its questions, ends the menu as well.
    session.context.signal.throwIfAborted();
    if (session.context.process.exitCode === EXIT.interrupted) throw createInterrupted("SIGINT");
  }
}

const QUIET = { quiet: false } as const;

function toShared({ cwd }: Session): SharedFlags {
  return { json: false, cwd };
}

async function generate(session: Session): Promise<void> {
  const { context, prompts } = session;
  const target = await prompts.text("Target: package folder, folder, file or file#export", ".");
  const engine = await prompts.select(
    "Who proposes tests?",
    [
      { value: "search", label: "The search", hint: "no model, no network" },
      { value: "auto", label: "The search, then a model", hint: "as configured" },
      { value: "model", label: "A model alone" },
    ],
    "search",
  );
  const isDry = await prompts.confirm("Only look, and write nothing?", false);
  const { runGenerate } = await import("./generate-action.ts");
  await runGenerate.call(
    context,
    { ...toShared(session), ...QUIET, engine, dryRun: isDry },
    target,
  );
}

async function verify(session: Session): Promise<void> {
  const { runVerify } = await import("./verify-action.ts");
  await runVerify.call(session.context, toShared(session));
}

async function improve(session: Session): Promise<void> {
  const { context, prompts } = session;
  const goal = await prompts.text("What is to be better afterwards?", "", (text) =>
    text.trim() === "" ? "A goal in your words" : null,
  );
  const directory = await prompts.text("Folder or file whose sources may be changed", ".");
  const mayChangeBehaviour = await prompts.confirm("May what the code does change?", false);
  const { runImprove } = await import("./improve-action.ts");
  await runImprove.call(context, {
    ...{ ...toShared(session), ...QUIET, goal, directory, mayChangeBehaviour },
    ...{ mayChangeTests: false, dryRun: false, yes: false },
  });
}

async function report(session: Session): Promise<void> {
  const { runReport } = await import("./report-action.ts");
  await runReport.call(session.context, { ...toShared(session), format: "terminal" });
}

async function why(session: Session): Promise<void> {
  const { runWhy } = await import("./why-action.ts");
  await runWhy.call(session.context, toShared(session));
}

async function listRuns(session: Session): Promise<void> {
  const { runRunsList } = await import("./runs-action.ts");
  await runRunsList.call(session.context, toShared(session));
}

async function doctor(session: Session): Promise<void> {
  const { runDoctor } = await import("./doctor.ts");
  await runDoctor.call(session.context, { ...toShared(session), online: false });
}

async function setup(session: Session): Promise<void> {
  const { context } = session;
  await runCommand(context, toStyle(context, toShared(session)), async () => {
    const { setUp } = await import("./setup-action.ts");
    const written = await setUp(context, session.prompts, session.cwd);
    return { data: { written }, failure: null, print: () => undefined };
  });
}
