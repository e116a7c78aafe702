import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createFileOrder } from "../../../../src/search/worker/file-order.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "regoose-order-"));
  for (const name of ["a", "b", "c"]) writeFileSync(join(folder, name), name);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("file operations that were begun together end the other way round", async () => {
  const order = createFileOrder();
  const ended: string[] = [];
  await Promise.all(
    ["a", "b", "c"].map(
      (name) =>
        new Promise<void>((resolve) => {
          const args = order.withLateCallback("readFile", [
            join(folder, name),
            (_error: unknown, content: Buffer) => {
              ended.push(content.toString());
              resolve();
            },
          ]);
          // A quick answer, so that nothing but the order decides.
          const callback = args[1] as (error: null, content: Buffer) => void;
          callback(null, Buffer.from(name));
        }),
    ),
  );
  expect(ended).toEqual(["c", "b", "a"]);
});

test("promises too, with their values and errors", async () => {
  const order = createFileOrder();
  const ended: string[] = [];
  const read = (name: string): Promise<unknown> =>
    (order.toLate(Promise.resolve(name)) as Promise<string>).then((text) => ended.push(text));
  await Promise.all(["a", "b", "c"].map(read));
  expect(ended).toEqual(["c", "b", "a"]);
  await expect(order.toLate(Promise.reject(new Error("ENOENT")))).rejects.toThrow("ENOENT");
});

test("what is synchronous or a listener stays as it is", () => {
  const order = createFileOrder();
  const listener = vi.fn();
  expect(order.withLateCallback("watch", ["a", listener])).toEqual(["a", listener]);
  expect(order.withLateCallback("statSync", ["a"])).toEqual(["a"]);
  expect(order.toLate(fs.statSync(folder).isDirectory())).toBe(true);
});

test("each batch is turned round, however many operations came before", async () => {
  const order = createFileOrder();
  for (let before = 0; before < 12; before += 1) {
    const ended: string[] = [];
    const read = (name: string): Promise<unknown> =>
      (order.toLate(Promise.resolve(name)) as Promise<string>).then((text) => ended.push(text));
    await Promise.all(["a", "b"].map(read));
    expect(ended).toEqual(["b", "a"]);
    await order.toLate(Promise.resolve());
  }
});
