import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

import { openAnswerStore, toStored } from "../../../../src/adapters/llm/router/answer-store.ts";
import { recordModels, replayModels } from "../../../../src/app/models/recording.ts";
import { RegooseError } from "../../../../src/kernel/errors.ts";
import type { ModelPort } from "../../../../src/ports/model.ts";
import { aModel } from "../../model/scene.ts";

const { signal } = new AbortController();
const ask = (text: string): Parameters<ModelPort["generate"]>[0] => ({
  role: "oracle",
  messages: [{ role: "user", text }],
});

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "regoose-recording-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A model whose answers are stored, as the router of a run stores them. */
function aStoringModel(folder: string, answer: (text: string) => unknown): ModelPort {
  const store = openAnswerStore(folder);
  const model = aModel(({ text }) => answer(text));
  return {
    models: () => [],
    async generate(request, options) {
      const given = await model.generate(request, options);
      await store.put(given.question, toStored(given));
      return given;
    },
  };
}

describe("a recording", () => {
  test("gives every answer and every error again, and nothing else", async () => {
    const folder = await aFolder();
    const gone = new RegooseError("RGS-4012", "it does not fit");
    const model = aStoringModel(folder, (text) => (text === "misfit" ? gone : `re: ${text}`));
    const { port } = await recordModels(model, folder, "local/m");
    await port.generate(ask("one"), { signal });
    await expect(port.generate(ask("misfit"), { signal })).rejects.toThrow(gone);

    const replay = await replayModels(folder);
    expect(replay.name).toBe("local/m");
    await expect(replay.port.generate(ask("one"), { signal })).resolves.toMatchObject({
      text: "re: one",
      source: "recording",
    });
    await expect(replay.port.generate(ask("misfit"), { signal })).rejects.toMatchObject({
      code: "RGS-4012",
      message: gone.message,
    });
    await expect(replay.port.generate(ask("two"), { signal })).rejects.toMatchObject({
      code: "RGS-4019",
    });
  });

  test("says that time was over where it was, whatever the clock says", async () => {
    const folder = await aFolder();
    const recorded = await recordModels(
      aModel(() => "text"),
      folder,
      "local/m",
    );
    const looks = [false, false, true, true];
    expect(looks.map((over) => recorded.isOver(() => over))).toEqual(looks);
    await recorded.port.generate(ask("one"), { signal });
    const replay = await replayModels(folder);
    expect(looks.map(() => replay.isOver(() => false))).toEqual(looks);
  });

  test("forgets errors and the end of time of a process before the last", async () => {
    const folder = await aFolder();
    const first = await recordModels(
      aStoringModel(folder, () => new RegooseError("RGS-4008", "away")),
      folder,
      "local/m",
    );
    first.isOver(() => true);
    await expect(first.port.generate(ask("one"), { signal })).rejects.toThrow("away");
    const second = await recordModels(
      aStoringModel(folder, () => "here"),
      folder,
      "local/n",
    );
    await second.port.generate(ask("two"), { signal });
    const replay = await replayModels(folder);
    expect(replay.isOver(() => true)).toBe(false);
    await expect(replay.port.generate(ask("one"), { signal })).rejects.toMatchObject({
      code: "RGS-4019",
    });
  });
});
