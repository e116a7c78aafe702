import { describe, expect, test } from "vitest";
import {
  createSeccompProgram,
  isFilteredArch,
} from "../../../../src/adapters/sandbox/bubblewrap/seccomp.ts";
import { SYSCALLS } from "../../../../src/adapters/sandbox/bubblewrap/syscalls.ts";
import { sha256 } from "../../../../src/kernel/hash.ts";

const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const errno = (number: number): number => 0x50000 + number;

interface Call {
  readonly arch: number;
  readonly number: number;
  readonly args?: readonly number[];
}

/** Runs classic BPF as the kernel does (Documentation/networking/filter.rst), for the opcodes in use. */
function evaluate(program: Buffer, { arch, number, args = [] }: Call): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(number, 0);
  data.writeUInt32LE(arch, 4);
  for (const [index, arg] of args.entries()) data.writeUInt32LE(arg >>> 0, 16 + index * 8);
  let accumulator = 0;
  for (let at = 0; at < program.length / 8; at += 1) {
    const code = program.readUInt16LE(at * 8);
    const [ifTrue, ifFalse] = [program[at * 8 + 2] ?? 0, program[at * 8 + 3] ?? 0];
    const operand = program.readUInt32LE(at * 8 + 4);
    if (code === 0x20) accumulator = data.readUInt32LE(operand);
    else if (code === 0x06) return operand;
    else if (code === 0x15) at += accumulator === operand ? ifTrue : ifFalse;
    else if (code === 0x35) at += accumulator >= operand ? ifTrue : ifFalse;
    else if (code === 0x45) at += (accumulator & operand) !== 0 ? ifTrue : ifFalse;
    else throw new Error(`opcode ${code} at ${at}`);
  }
  throw new Error("the program ran off its end");
}

describe.each(["x64", "arm64"] as const)("the seccomp program of %s", (name) => {
  const table = SYSCALLS[name];
  const program = createSeccompProgram(name);
  const call = (number: number, ...args: number[]): number =>
    evaluate(program, { arch: table.auditArch, number, args });

  test("answers EPERM to every denied call", () => {
    for (const number of Object.values(table.denied)) expect(call(number)).toBe(errno(1));
    expect(Object.keys(table.denied)).toEqual(
      expect.arrayContaining(["ptrace", "mount", "unshare", "setns", "keyctl", "bpf"]),
    );
  });

  test("lets ordinary calls through", () => {
    for (const number of [0, 3, 63, 64, 200, 437, 449]) expect(call(number)).toBe(ALLOW);
  });

  test("answers ENOSYS to clone3, whose flags it cannot see", () => {
    expect(call(table.clone3)).toBe(errno(38));
  });

  test("lets threads and children start, but no namespaces", () => {
    expect(call(table.clone, 0x3d0f00)).toBe(ALLOW);
    expect(call(table.clone, 17)).toBe(ALLOW);
    for (const bit of [
      0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000,
    ])
      expect(call(table.clone, bit | 17)).toBe(errno(1));
  });

  test("refuses to push input into a terminal", () => {
    expect(call(table.ioctl, 0, 0x5412)).toBe(errno(1));
    expect(call(table.ioctl, 0, 0x541c)).toBe(errno(1));
    expect(call(table.ioctl, 0, 0x5401)).toBe(ALLOW);
  });

  test("opens sockets of namespaced families only", () => {
    for (const family of [1, 2, 10, 16]) expect(call(table.socket, family)).toBe(ALLOW);
    for (const family of [17, 38, 40, 44]) expect(call(table.socket, family)).toBe(errno(97));
  });

  test("kills a process that calls as another architecture", () => {
    expect(evaluate(program, { arch: 0x40000003, number: 0 })).toBe(KILL);
  });

  test("is the program that was reviewed", () => {
    expect(program.length % 8).toBe(0);
    expect(sha256(program)).toMatchSnapshot();
  });
});

test("x32 calls do not exist on x64", () => {
  const program = createSeccompProgram("x64");
  const arch = SYSCALLS.x64.auditArch;
  expect(evaluate(program, { arch, number: 0x40000000 + 101 })).toBe(errno(38));
});

test("knows which processors it can filter", () => {
  expect(["x64", "arm64", "riscv64", "ia32"].filter(isFilteredArch)).toEqual(["x64", "arm64"]);
});
