import type { ErrorCode } from "./error-table.ts";
import { MODEL_ERROR_ADVICE } from "./model-error-advice.ts";

/** What an error is to a person. Both are fragments that begin in lower case, in Markdown. */
export interface ErrorAdvice {
  /** When it is thrown. */
  readonly when: string;
  /** The next step; the hint of an error whose thrower knows no better one. */
  readonly next: string;
}

/** Words for each error of the table; `docs/errors.md` is drawn from both. */
export const ERROR_ADVICE: Readonly<Record<ErrorCode, ErrorAdvice>> = {
  "RGS-1001": {
    when: "the target named on the command line does not exist",
    next: "name a package folder, a folder, a source file, or `file#export`",
  },
  "RGS-1002": {
    when: "analysis ran, and the target holds nothing that a test could import",
    next: "point at sources that export something",
  },
  "RGS-1003": {
    when: "no source file of the target parses",
    next: "fix the error at the line and column shown",
  },
  "RGS-1004": {
    when: "the package is compiled machine code only",
    next: "point at the sources of its JavaScript wrapper",
  },
  "RGS-1005": {
    when: "`package.json` is not one JSON object",
    next: "repair it at the line and column shown",
  },
  "RGS-1006": {
    when: "`file#export` names an export that the file does not have",
    next: "take one of the exports in the hint",
  },
  "RGS-1007": {
    when: "the target is a file that Regoose does not test",
    next: "name a JavaScript or TypeScript source file, or its package",
  },
  "RGS-1008": {
    when: "the text of `--code` or standard input does not parse",
    next: "pass complete source text, quoted for the shell",
  },
  "RGS-1010": {
    when: "no stored run has this id or prefix, or more than one has",
    next: "`regoose runs list`, then a longer prefix or the whole id",
  },
  "RGS-1011": {
    when: "the stored result of a run is damaged or from another version",
    next: "generate again, or name another run",
  },
  "RGS-1012": {
    when: "the project is too large to copy: more than 512 MiB besides `node_modules`",
    next: "point at the package folder inside it, or remove build output",
  },
  "RGS-1013": {
    when: "the run was stopped or failed before it had anything to report",
    next: "`regoose runs show RUN` says how it ended; name another run",
  },
  "RGS-1014": {
    when: "another live process works on this run",
    next: "wait until it ends, or stop that process first",
  },
  "RGS-1016": {
    when: "the result of a step is too large to be kept",
    next: "generate for one folder or file of the project at a time",
  },
  "RGS-1017": {
    when: "a stored result does not have the hash it is named by",
    next: "`regoose rerun RUN` starts again from the step before it; check the disk",
  },
  "RGS-1018": {
    when: "another process took the run over",
    next: "`regoose runs show RUN` says how it went on there",
  },
  "RGS-1019": {
    when: "a step did not end within its own limit",
    next: "run again when the machine is less busy",
  },
  "RGS-1020": {
    when: "the run cannot start from the step that was named",
    next: "name one of the steps in the hint",
  },
  "RGS-1021": {
    when: "a step's input or stored result has another shape than it takes",
    next: "`regoose rerun RUN --from STEP`",
  },
  "RGS-1022": {
    when: "the run cannot be taken up: it is of the first release, has not come to an end (replay), or had not begun, or only the program that defines its Scenario can execute it",
    next: "type `regoose generate` to begin anew",
  },
  "RGS-1023": {
    when: "the sources changed since the run began",
    next: "`regoose rerun RUN` for a new run of the same command",
  },
  "RGS-1024": {
    when: "the run has no spans: it is of an earlier release, or telemetry was off",
    next: "generate again without `REGOOSE_TELEMETRY=off`",
  },
  "RGS-1030": {
    when: "neither the configuration nor any run knows the experiment",
    next: "`regoose experiment list` names them",
  },
  "RGS-1031": {
    when: "a variant of the experiment has fewer than two units with an outcome, so that there is no interval",
    next: "let more runs come to their end; `--project` adds those of other projects",
  },
  "RGS-1300": {
    when: "Ctrl-C, TERM or a closed terminal ended the command",
    next: "run it again",
  },
  "RGS-2001": {
    when: "the configuration breaks the schema",
    next: "fix the places listed: file, line, column and the nearest valid key are shown",
  },
  "RGS-2002": {
    when: "a configuration file exists but cannot be read",
    next: "make it a regular, readable file of less than 1 MB",
  },
  "RGS-2003": {
    when: "a text is no duration; under `--json` a flag reports it as RGS-2010, a configuration file as RGS-2001",
    next: "write `500ms`, `60s` or `2m`",
  },
  "RGS-2004": {
    when: "`config explain` was asked for a key that there is not",
    next: "take the nearest key in the hint, or one of [configuration.md](configuration.md)",
  },
  "RGS-2005": {
    when: "a secret is not where its reference says: variable not set, file missing, command failed",
    next: "follow the hint; `regoose config validate --check` tries them all",
  },
  "RGS-2010": {
    when: "an unknown command or flag, or a flag with a value it does not take",
    next: "`regoose --help`, `regoose COMMAND --help`",
  },
  "RGS-2020": {
    when: "the engine is not part of this version",
    next: "use `--engine search`",
  },
  "RGS-2021": {
    when: "the targets of one command lie in different projects",
    next: "run once for each project",
  },
  "RGS-2022": {
    when: "`--out` lies outside the project",
    next: "choose a folder inside it",
  },
  "RGS-2023": {
    when: "`--code` or standard input holds no code",
    next: "pass the text, or pipe it in with target `-`",
  },
  "RGS-2024": {
    when: "`init` found a configuration",
    next: "edit it, or remove it first",
  },
  "RGS-2025": {
    when: "`--language` names a language whose test runner Regoose does not know, and no command was given",
    next: "name the command with `--test-command`, such as `perl {file}`, or set `testCommand` in your own configuration",
  },
  "RGS-2030": {
    when: "a command that asks questions stands without a terminal to ask in",
    next: "run it in a terminal, or use the commands that take flags: `regoose init`, `regoose config`, `regoose generate`",
  },
  "RGS-3001": {
    when: "another live command writes the same suite",
    next: "wait, or choose another `--out`",
  },
  "RGS-3002": {
    when: "the suite folder holds edits or files that writing would lose",
    next: "move them to a file of your own",
  },
  "RGS-3003": {
    when: "the suite folder cannot be written",
    next: "make it writable or free disk space; `--dry-run` looks first",
  },
  "RGS-3010": {
    when: "no entry module can be imported",
    next: "install missing dependencies, or choose a file that can be imported",
  },
  "RGS-3011": {
    when: "`verify` found no `regoose.proof.json`",
    next: "generate first, or name the folder",
  },
  "RGS-3012": {
    when: "the `regoose.proof.json` of a suite cannot be read",
    next: "restore it from version control, or delete the suite and generate",
  },
  "RGS-3013": {
    when: "`generate` ended with neither a test nor a finding",
    next: "read the rejections in `regoose report`, give it more time, or another target",
  },
  "RGS-3014": {
    when: "`verify`: at least one proof card no longer holds",
    next: "read `data.cards`; generate again where the source changed on purpose",
  },
  "RGS-3101": {
    when: "`regoose improve` was called where nobody who may spend on a language model has named one",
    next: "name one with --provider, --model or --base-url, or in your own configuration; `regoose llm test` tries it",
  },
  "RGS-3102": {
    when: "the changes of `regoose improve` hold, and there was neither a yes nor a terminal to ask for one",
    next: "`regoose improve --apply RUN --yes` writes them",
  },
  "RGS-3103": {
    when: "`regoose improve` ended without a change that holds",
    next: "say the goal more closely, allow more with --max-iterations or --max-time, or --may-change-behaviour where the goal asks for another behaviour",
  },
  "RGS-3104": {
    when: "a file that `regoose improve` is to write or to put back was changed meanwhile",
    next: "keep your changes and run `regoose improve` again, or put the file back as it was and repeat the command",
  },
  "RGS-3105": {
    when: "the run has no changes that could be applied or undone",
    next: "`regoose runs list` shows the runs; name another one",
  },
  ...MODEL_ERROR_ADVICE,
  "RGS-5001": {
    when: "`serve` was asked to listen on an address that others can reach",
    next: "listen on 127.0.0.1 or ::1, and put a proxy of your own in front for others",
  },
  "RGS-5002": {
    when: "the address of `serve` is taken or not there",
    next: "name another `--port`, or 0 for any that is free",
  },
  "RGS-5003": {
    when: "another `serve` works on the same state folder",
    next: "use the server that runs, or name another `--state`",
  },
  "RGS-5010": {
    when: "a request without the token of the server",
    next: "send `Authorization: Bearer TOKEN` with the token that `serve` printed at its start",
  },
  "RGS-5011": {
    when: "a request for a host that this server is not, as a web page of somebody else's would send it",
    next: "use the address that `serve` printed at its start",
  },
  "RGS-5012": {
    when: "a request that says something the server does not understand",
    next: "change what `errors` names; `docs/server.md` shows each request",
  },
  "RGS-5013": {
    when: "there is nothing under the path of the request",
    next: "`docs/server.md` lists what there is",
  },
  "RGS-5014": {
    when: "the body of a request is larger than it may be",
    next: "name folders as targets, not every file",
  },
  "RGS-5015": {
    when: "an `Idempotency-Key` came twice with different requests",
    next: "take a new key for a new request",
  },
  "RGS-5016": {
    when: "the server is starting or stopping, or follows as many streams as it may",
    next: "send the same request again a little later",
  },
  "RGS-5017": {
    when: "the process of a run ended without an answer",
    next: "submit it again; `dmesg` says whether the machine ran out of memory",
  },
  "RGS-7001": {
    when: "no sandbox of the wanted level works here",
    next: "follow the fix in the hint; `regoose doctor`",
  },
  "RGS-7002": {
    when: "the sandbox could not be built; nothing ran in it",
    next: "read the tool's own message, which is shown; `regoose doctor`",
  },
  "RGS-7003": {
    when: "a sandboxed process had ended before it was spoken to",
    next: "run again; report it if it comes back",
  },
  "RGS-7010": {
    when: "`.regoose/` cannot be written, or the book of what models cost, on which a budget rests, cannot be kept",
    next: "make the project and the state folder writable, free disk space",
  },
  "RGS-7011": {
    when: "the private copy of the project could not be made",
    next: "free space, or point `TMPDIR` elsewhere",
  },
  "RGS-7012": {
    when: "`init` cannot write the configuration",
    next: "make the folder writable",
  },
  "RGS-7013": {
    when: "the disk is full: a run could not keep its own files",
    next: "free space in the project and in `TMPDIR`, run again",
  },
  "RGS-7015": {
    when: "failing tests of findings cannot be written to the folder after `--bugs-out`",
    next: "name a folder that you may write to; the findings stand in the report as well",
  },
  "RGS-7014": {
    when: "`doctor` found a problem",
    next: "follow the fix of each problem in `data.checks`",
  },
  "RGS-7101": {
    when: "the runner cannot run at the sandbox level that was found or asked for",
    next: "install bubblewrap, or use `--framework node` or `mocha`",
  },
  "RGS-7102": {
    when: "the runner that was asked for is not installed in the project",
    next: "install the project's dependencies, or name another with `--framework`",
  },
  "RGS-7103": {
    when: "what the project brings for its tests in another language cannot be used: its `.venv` is broken or leads out of the project, or a module is missing in `vendor/`",
    next: "mend what the message names: `python3 -m venv --clear .venv`, `go mod vendor`",
  },
  "RGS-7104": {
    when: "what a model wrote would run in a sandbox that stops accidents, not attacks",
    next: "install bubblewrap, or type `--sandbox guarded` with the command; `REGOOSE_SANDBOX` and files do not count",
  },
  "RGS-7501": {
    when: "a call to the outside took longer than it may",
    next: "run it again; where the machine is busy, with fewer `--workers`",
  },
  "RGS-7502": {
    when: "too many calls of a kind failed before, so that this one was not made",
    next: "look at the cause below it, and run again after the time that `retryAfterMs` gives",
  },
  "RGS-7503": {
    when: "as many calls of a kind run and wait as may",
    next: "run again a little later, or with fewer `--workers`",
  },
  "RGS-7504": {
    when: "the machine had no process, memory or file descriptor to spare, also after retries",
    next: "end other programs or raise `ulimit -n` and `ulimit -u`, and run again",
  },
  "RGS-9001": {
    when: "something failed that should not",
    next: "report it with the trace and the run's id",
  },
};
