import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

import {
  openAgentJournal,
  readAgentStates,
  readExchanges,
} from "../../../../src/app/models/agent-journal.ts";
import {
  toFreshState,
  type AgentMessage,
  type AgentReply,
} from "../../../../src/contract/agents.ts";

const MESSAGE: AgentMessage = { to: "oracle", kind: "state-behaviour", module: "a.js" };
const REPLY: AgentReply = { kind: "nothing", why: "no file" };

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-journal-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("states and messages stand in the folder as they come, and are taken up again", async () => {
  const folder = await aFolder();
  const first = await openAgentJournal(folder);
  const state = { ...toFreshState("oracle"), asked: 1 };
  first.onState(state);
  first.onState({ ...state, answered: 1, tokens: 5, lastQuestion: "q1" });
  first.onState({ ...state, asked: 2, answered: 1, tokens: 5, lastQuestion: "q1" });
  first.onMessage(MESSAGE, REPLY);
  await first.flush();
  // The process dies while it writes a line.
  await appendFile(join(folder, "agents.ndjson"), '{"agent":"oracle","asked":');

  const second = await openAgentJournal(folder);
  expect(second.memoryOf("judge")).toBeNull();
  expect(second.memoryOf("oracle")).toEqual({
    state: { ...state, asked: 2, answered: 1, tokens: 5, lastQuestion: "q1" },
    counted: new Set(["q1"]),
  });
  second.onMessage(MESSAGE, REPLY);
  second.onMessage({ ...MESSAGE, module: "b.js" }, REPLY);
  second.onState({ ...state, asked: 2, answered: 2, tokens: 9, lastQuestion: "q2" });
  await second.flush();
  expect(await readAgentStates(folder)).toMatchObject([
    { agent: "oracle", answered: 2, tokens: 9 },
  ]);
  expect(await readExchanges(folder)).toEqual([
    { message: MESSAGE, reply: REPLY },
    { message: { ...MESSAGE, module: "b.js" }, reply: REPLY },
  ]);
  const lines = (await readFile(join(folder, "agents.ndjson"), "utf8")).trimEnd().split("\n");
  expect(lines).toHaveLength(5);
});

test("a folder that cannot be written is told of", async () => {
  const folder = await aFolder();
  const journal = await openAgentJournal(join(folder, "run"));
  await writeFile(join(folder, "run"), "no folder");
  journal.onState(toFreshState("oracle"));
  await expect(journal.flush()).rejects.toThrow(/EEXIST|ENOTDIR/u);
});
