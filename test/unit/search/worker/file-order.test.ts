import { expect, test, vi } from "vitest";
import { createFileOrder, type FileOrder } from "../../../../src/search/worker/file-order.ts";

/** Operations that end when told to. */
function begin(
  order: FileOrder,
  ended: string[],
  name: string,
): { readonly end: () => void; readonly told: Promise<void> } {
  let end = (): void => undefined;
  const told = new Promise<void>((resolve) => {
    const callback = (_error: unknown, text: string): void => {
      ended.push(text);
      resolve();
    };
    order.call("readFile", [name, callback], (args) => {
      const late = args[1] as (error: null, text: string) => void;
      end = () => {
        late(null, name);
      };
      return undefined;
    });
  });
  return { end, told };
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

for (const { kind, expected } of [
  { kind: "as-begun", expected: ["a", "b", "c"] },
  { kind: "turned-round", expected: ["c", "b", "a"] },
] as const) {
  test(`operations begun together end ${kind}, whichever the disk answers first`, async () => {
    for (const ends of ["abc", "acb", "bac", "bca", "cab", "cba"]) {
      const order = createFileOrder(kind);
      const ended: string[] = [];
      const operations = new Map(["a", "b", "c"].map((name) => [name, begin(order, ended, name)]));
      for (const name of ends) {
        // Some turns of the event loop between two answers, as a busy disk has it.
        await pause(2);
        operations.get(name)?.end();
      }
      await Promise.all([...operations.values()].map(({ told }) => told));
      expect(ended, ends).toEqual(expected);
    }
  });

  test(`promises too end ${kind}, with their values and errors`, async () => {
    const order = createFileOrder(kind);
    const ended: string[] = [];
    const read = async (name: string, milliseconds: number): Promise<unknown> => {
      const answer = order.call("readFile", [name], async () => {
        await pause(milliseconds);
        return name;
      });
      return ended.push(await (answer as Promise<string>));
    };
    await Promise.all([read("a", 3), read("b", 9), read("c", 1)]);
    expect(ended).toEqual(expected);
    const failing = order.call("readFile", [], () => Promise.reject(new Error("ENOENT")));
    await expect(failing).rejects.toThrow("ENOENT");
  });
}

test("one that never ends does not hold the others for ever", async () => {
  const order = createFileOrder("as-begun");
  const ended: string[] = [];
  begin(order, ended, "a");
  const second = begin(order, ended, "b");
  const third = begin(order, ended, "c");
  third.end();
  second.end();
  await Promise.all([second.told, third.told]);
  expect(ended).toEqual(["b", "c"]);
});

test("what is synchronous or a listener stays as it is, and what throws holds nobody", async () => {
  const order = createFileOrder("as-begun");
  const listener = vi.fn();
  expect(order.call("watch", ["a", listener], (args) => args)).toEqual(["a", listener]);
  expect(order.call("statSync", ["a"], (args) => args)).toEqual(["a"]);
  const fail = (): never => {
    throw new TypeError("no path");
  };
  expect(() => order.call("readFile", [listener], fail)).toThrow("no path");
  const ended: string[] = [];
  const next = begin(order, ended, "a");
  next.end();
  await next.told;
  expect(listener).not.toHaveBeenCalled();
});

test("what a file function calls itself goes straight on", async () => {
  const order = createFileOrder("turned-round");
  const ended: string[] = [];
  const whole = new Promise<void>((resolve) => {
    order.call("rm", ["a", resolve], (args) =>
      order.call("lstat", ["a", args[1]], (inner) => {
        expect(inner[1]).toBe(args[1]);
        setImmediate(inner[1] as () => void);
        return undefined;
      }),
    );
  });
  await whole.then(() => ended.push("rm"));
  expect(ended).toEqual(["rm"]);
});
