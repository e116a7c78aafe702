/** One step down: what was wanted, what is done in its place, and what the report says. */
export interface Rung {
  readonly wanted: string;
  readonly next: string;
  /** Which list of the run the sentence belongs to: see ADR 0009. */
  readonly list: "degradations" | "notes";
  /** The sentence; `{name}` stands for a fact of the moment. */
  readonly says: string;
}

/**
 * Every ladder that a run may climb down, rung by rung, in the order in which they are tried. Whoever
 * has to do with less takes the sentence from here; nobody writes one of their own.
 */
export const LADDERS = {
  settings: {
    "setting-unknown": {
      wanted: "every `REGOOSE_` variable that looks like a setting",
      next: "the setting's other sources",
      list: "degradations",
      says: "{variable} is not a setting and was ignored; {advice}",
    },
  },
  flags: {
    "flags-standard": {
      wanted: "feature flags as the configuration decides them",
      next: "their defaults, and no experiment counts the run",
      list: "degradations",
      says: "feature flags have their defaults, whatever is configured: {why}",
    },
  },
  files: {
    "files-cut": {
      wanted: "all files of the project",
      next: "the files that were listed until then",
      list: "degradations",
      says: "the project has more files than were listed ({most})",
    },
  },
  entries: {
    "entry-source": {
      wanted: "the build that `package.json` names",
      next: "the source that it is built from",
      list: "notes",
      says: "{file} is not built; testing its source {source}",
    },
    "entry-missing": {
      wanted: "each entry that `package.json` names",
      next: "the other entries",
      list: "degradations",
      says: 'package.json names {file} for "{specifier}", which does not exist',
    },
    "entry-broken": {
      wanted: "each entry loaded",
      next: "the other entries",
      list: "degradations",
      says: "{file} does not load: {why}",
    },
  },
  runner: {
    "runner-missing": {
      wanted: "the runner that the project names",
      next: "the next one that it names, at last `node`",
      list: "degradations",
      says: "{runners} is named by the project but not installed; install its dependencies to use it",
    },
  },
  sandbox: {
    "sandbox-guarded": {
      wanted: "a sandbox of level `namespace`",
      next: "level `guarded`",
      list: "notes",
      says: "The sandbox stops accidents, not attacks; `regoose doctor` says how to get a stronger one.",
    },
  },
  models: {
    "models-none": {
      wanted: "a model beside the search",
      next: "the search alone",
      list: "notes",
      says: "no model was asked: {why}; the search engine did the work",
    },
    "models-untrusted": {
      wanted: "the engine that the project's file names",
      next: "the search alone",
      list: "degradations",
      says: "no model was asked: the project's own file names the engine `model`, and only you may spend on one; pass --engine model, or trust the project",
    },
    "models-unsafe": {
      wanted: "a sandbox of level `namespace` for tests that a model writes",
      next: "the search alone",
      list: "degradations",
      says: "no model was asked: its tests would run in a sandbox that stops accidents, not attacks; type --sandbox guarded to allow it",
    },
    "models-away": {
      wanted: "every gap asked about",
      next: "the tests that were admitted until then",
      list: "degradations",
      says: "the models stopped answering: {why}; `regoose resume {run}` asks them again",
    },
    "models-budget": {
      wanted: "every gap asked about",
      next: "the tests that were admitted until then",
      list: "degradations",
      says: "the budget for models was used up: {why}; `regoose resume {run}` goes on with a larger --budget-usd or --budget-tokens",
    },
    "models-limited": {
      wanted: "every gap asked about",
      next: "the tests that were admitted until then, and a run that can be taken up",
      list: "degradations",
      says: "the models ask for patience, and the run does not wait that long: {why}; `regoose resume {run}` goes on ({when})",
    },
    "models-late": {
      wanted: "every gap asked about",
      next: "the tests that were admitted until then",
      list: "notes",
      says: "time ended before every gap was asked about",
    },
    "models-faults": {
      wanted: "each fault that a model proposes as a mutant of its own",
      next: "those that are neither the code, nor another mutant, nor broken",
      list: "notes",
      says: "a model proposed faults after the project's own fixes: {kept} are mutants of their own, {dropped} were dropped; the suite of the search noticed {noticed} and missed {living}",
    },
    "models-inputs": {
      wanted: "each input of a model executed",
      next: "the inputs that call what the module exports",
      list: "notes",
      says: "models proposed inputs for the search: {executed} executed, {dropped} dropped because they are malformed or name nothing that is exported",
    },
    "models-odd": {
      wanted: "answers of models as they were said",
      next: "what came when they were asked for again, as it is",
      list: "notes",
      says: "{count} answers of models came damaged, also when asked for again, and were taken as they were: {first}",
    },
    "models-cost": {
      wanted: "what the next finds would cost",
      next: "an estimate from this run",
      list: "notes",
      says: "models answered {calls} questions, {known} of them known already, with {tokens} tokens ({usd}); the next 5 % of the mutants {next}",
    },
    "models-changed": {
      wanted: "each parameter as it was asked for",
      next: "what the model takes",
      list: "notes",
      says: "{model} was not asked with {parameter} as it was set ({roles}; {requests} requests): {action}, {why}",
    },
    "models-outside": {
      wanted: "tests that look at the code and nothing else",
      next: "the others",
      list: "notes",
      says: "a model proposed {count} tests that reach for environment, processes or network; they were refused unrun: {title}",
    },
  },
  improve: {
    "improve-red": {
      wanted: "an existing suite that is green, run after run",
      next: "those of its tests that are",
      list: "degradations",
      says: "only {green} of {tests} existing tests are green before any change; the others hold nothing",
    },
    "improve-uncharacterised": {
      wanted: "tests of what the changed code does today",
      next: "the existing tests and the type check",
      list: "degradations",
      says: "no test of what the code does today could be written: {why}",
    },
    "improve-unread": {
      wanted: "every source file as text",
      next: "the others",
      list: "notes",
      says: "files that are no UTF-8 text stay as they are: {files}",
    },
    "improve-unfinished": {
      wanted: "a model that says that the goal is reached",
      next: "the last changes that hold",
      list: "degradations",
      says: "the changes hold, and the model had not said that they reach the goal: {why}",
    },
    "improve-unchecked": {
      wanted: "tests that hold the changes to what the code did",
      next: "changes that nothing has checked",
      list: "degradations",
      says: "no test holds these changes: there is neither a green existing one nor one of what the code did",
    },
  },
  types: {
    "types-of-file": {
      wanted: "types from the type checker",
      next: "types of the other files, and syntax for this one",
      list: "degradations",
      says: "types of {file} could not be read: {why}",
    },
    "types-partial": {
      wanted: "types from the type checker",
      next: "those it had found until then, and syntax for the rest",
      list: "degradations",
      says: "types are incomplete: {why}",
    },
  },
  analysis: {
    "file-too-large": {
      wanted: "constants and examples from the source",
      next: "values that are seen while it runs",
      list: "degradations",
      says: "{file} ({megabytes} MB) is too large for static analysis; only live values guide its search",
    },
  },
  instrumentation: {
    "file-plain": {
      wanted: "coverage and mutants of each source",
      next: "those of the other sources",
      list: "degradations",
      says: "{file} is not instrumented: {why}",
    },
  },
  baseline: {
    "baseline-unknown": {
      wanted: "what the existing tests cover",
      next: "no baseline: what the suite adds to them is unknown",
      list: "degradations",
      says: "baseline: {why}",
    },
  },
  search: {
    "callee-left-out": {
      wanted: "every function searched",
      next: "the search goes on without the one",
      list: "degradations",
      says: "{callee} was left out after it hung or crashed {times} processes",
    },
    "callee-barren": {
      wanted: "tests of every function",
      next: "tests of the other ones",
      list: "notes",
      says: "{callee} makes no test: {why}",
    },
    "nothing-found": {
      wanted: "something to propose",
      next: "no suite; reasons stay",
      list: "degradations",
      says: "Nothing was found that a test could be made of: {why}.",
    },
    "process-given-up": {
      wanted: "each search process started again after its end",
      next: "the search goes on with the other processes",
      list: "degradations",
      says: "a search process was given up: {why}",
    },
  },
  "type check": {
    "types-unchecked": {
      wanted: "the suite checked by the project's compiler",
      next: "no type check",
      list: "degradations",
      says: "The suite is not type-checked: {why}.",
    },
  },
  format: {
    "suite-unformatted": {
      wanted: "the suite formatted by the project's formatter",
      next: "the suite as it was printed",
      list: "degradations",
      says: "The suite is not formatted by {formatter}: {why}.",
    },
  },
  suite: {
    "candidates-untried": {
      wanted: "every candidate tried",
      next: "the suite of the best ones",
      list: "notes",
      says: "{untried} of {proposed} candidates were not tried to the end.",
    },
    "patches-left-out": {
      wanted: "every patch that the text operators find",
      next: "every so many of them, since each costs a run",
      list: "notes",
      says: "{left} of {total} patches were left out: each would cost a run of its own.",
    },
    "mutants-not-run": {
      wanted: "every mutant run on the written suite",
      next: "a score that is a lower bound",
      list: "degradations",
      says: "{left} of {total} mutants were not run on the written suite.",
    },
    "suite-stopped": {
      wanted: "the whole suite",
      next: "the latest suite that had been proven",
      list: "degradations",
      says: "The run was stopped; this is the latest suite that had been proven.",
    },
    "suite-late": {
      wanted: "a proven suite",
      next: "no suite; findings and reasons stay",
      list: "degradations",
      says: "Time ended before a suite was proven, so none is written.",
    },
    "suite-not-held": {
      wanted: "a proven suite",
      next: "no suite; findings and reasons stay",
      list: "degradations",
      says: "No suite held as written in {rounds} rounds, so none is written.",
    },
    "suite-empty": {
      wanted: "at least one test",
      next: "no suite; findings and reasons stay",
      list: "degradations",
      says: 'No test was kept. For example, "{title}": {why}',
    },
    "suite-unwritten": {
      wanted: "the proven suite in the project",
      next: "the project as it was",
      list: "degradations",
      says: "{tests} tests were proven and not written.",
    },
  },
  verify: {
    "cards-unchecked": {
      wanted: "every card checked",
      next: "those that were not do not count as holding",
      list: "degradations",
      says: "Not every card could be checked; those do not count as holding.",
    },
  },
} as const;
