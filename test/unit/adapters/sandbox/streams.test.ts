import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { LineQueue } from "../../../../src/adapters/sandbox/line-queue.ts";
import { OutputSink } from "../../../../src/adapters/sandbox/output-sink.ts";

describe("an output sink", () => {
  test("keeps everything up to its cap", () => {
    const sink = new OutputSink(4);
    expect(sink.push(Buffer.from("ab"))).toBe(true);
    expect(sink.push(Buffer.from("cd"))).toBe(true);
    expect(sink.toText()).toBe("abcd");
    expect(sink.isExceeded).toBe(false);
  });

  test("keeps the beginning of what is too long", () => {
    const sink = new OutputSink(3);
    expect(sink.push(Buffer.from("abcd"))).toBe(false);
    expect(sink.push(Buffer.from("e"))).toBe(false);
    expect(sink.toText()).toBe("abc");
    expect(sink.isExceeded).toBe(true);
  });
});

describe("a line queue", () => {
  const read = async (queue: LineQueue): Promise<string[]> => {
    const lines: string[] = [];
    for await (const line of queue) lines.push(line);
    return lines;
  };

  test("joins chunks into lines, whatever their cuts", async () => {
    const stream = new PassThrough();
    const queue = new LineQueue(stream, 100, () => undefined);
    for (const chunk of ["o", "ne\ntw", "o\r\n\n"]) stream.write(chunk);
    // A character may be cut in two.
    for (const byte of Buffer.from("ü\nlast")) stream.write(Buffer.from([byte]));
    stream.end();
    expect(await read(queue)).toEqual(["one", "two", "", "ü", "last"]);
  });

  test("wakes a reader that waits", async () => {
    const stream = new PassThrough();
    const queue = new LineQueue(stream, 100, () => undefined);
    const first = queue[Symbol.asyncIterator]().next();
    stream.write("late\n");
    expect(await first).toEqual({ value: "late", done: false });
  });

  test("refuses a line that is too long, once, complete or not", async () => {
    for (const chunks of [["0123456789\n"], ["012345", "6789"]]) {
      const stream = new PassThrough();
      let refusals = 0;
      const queue = new LineQueue(stream, 8, () => {
        refusals += 1;
      });
      stream.write("ok\n");
      for (const chunk of chunks) stream.write(chunk);
      stream.write("more\n");
      stream.end();
      expect(await read(queue)).toEqual(["ok"]);
      expect(refusals).toBe(1);
    }
  });

  test("holds the writer back while its reader is busy", async () => {
    const stream = new PassThrough();
    const queue = new LineQueue(stream, 10, () => undefined);
    for (let index = 0; index < 4; index += 1) {
      stream.write("1234567\n");
      await new Promise(setImmediate);
    }
    expect(stream.isPaused()).toBe(true);
    const lines = queue[Symbol.asyncIterator]();
    await lines.next();
    await lines.next();
    await lines.next();
    expect(stream.isPaused()).toBe(false);
  });

  test("ends when its stream breaks", async () => {
    const stream = new PassThrough();
    const queue = new LineQueue(stream, 10, () => undefined);
    stream.write("a\n");
    await new Promise(setImmediate);
    stream.destroy(new Error("broken"));
    expect(await read(queue)).toEqual(["a"]);
  });
});
