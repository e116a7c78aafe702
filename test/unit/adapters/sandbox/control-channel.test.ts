import { expect, test } from "vitest";
import { parseControl } from "../../../../src/adapters/sandbox/bubblewrap/control-channel.ts";

const parse = (text: string): ReturnType<typeof parseControl> =>
  parseControl(Buffer.from(text, "latin1"));

test("tells a failed set-up from a command", () => {
  expect(parse("Scp: no space\n")).toMatchObject({
    setupFailure: "cp: no space",
    hasStarted: false,
    exitCode: null,
  });
});

test("has not started when nothing, or something else, was said", () => {
  for (const text of ["", "garbage", "X0\n"]) {
    expect(parse(text)).toMatchObject({ setupFailure: null, hasStarted: false, exitCode: null });
  }
});

test("has started, without an exit code, when the box was killed", () => {
  for (const text of ["R", "RX", "RX12", "RXnot\n"]) {
    expect(parse(text)).toMatchObject({ hasStarted: true, exitCode: null });
  }
});

test("reads exit code and files, bytes as they are", () => {
  const report = parse("RX3\nF0 3 3\na\nbF2 2 9\n\0\xff");
  expect(report).toMatchObject({ hasStarted: true, exitCode: 3 });
  expect(report.files.get(0)).toEqual({ content: Buffer.from("a\nb"), truncated: false });
  expect(report.files.get(2)).toEqual({ content: Buffer.from([0, 255]), truncated: true });
});

test("keeps what came before the point where it stops making sense", () => {
  for (const tail of [
    "F1 5 5\nab",
    "F1 x 5\nabcde",
    "F1 5 5",
    "junk\n",
    "F1 99999999999999999 1\n",
  ]) {
    const { files } = parse(`RX0\nF0 1 1\na${tail}`);
    expect([...files.keys()]).toEqual([0]);
  }
});
