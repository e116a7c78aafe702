/** Answers of models are kept here, in the run's folder: a run that goes on pays for none twice. */
export const ANSWERS_FOLDER = "models";

/** What agents were told and what they came to, a line each, in the run's folder. */
export const MESSAGES_FILE = "messages.ndjson";

/** Each new state of each agent, a line each, in the run's folder; the last one of an agent counts. */
export const AGENTS_FILE = "agents.ndjson";

/** What the search has executed for models, a folder for each list of inputs, in the run's folder. */
export const INPUTS_FOLDER = "inputs";
