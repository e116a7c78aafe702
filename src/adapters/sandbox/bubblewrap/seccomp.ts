import { SYSCALLS, type FilteredArch, type SyscallTable } from "./syscalls.ts";

// Classic BPF opcodes (linux/bpf_common.h) and offsets into `struct seccomp_data` (linux/seccomp.h).
const LOAD_WORD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_AT_LEAST = 0x35;
const JUMP_IF_ANY_BIT = 0x45;
const RETURN = 0x06;
const OFFSET_NUMBER = 0;
const OFFSET_ARCH = 4;
/** Low words of the first and second argument; both processors are little-endian. */
const OFFSET_ARG0 = 16;
const OFFSET_ARG1 = 24;

const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const EPERM = 0x00050000 | 1;
const ENOSYS = 0x00050000 | 38;
const EAFNOSUPPORT = 0x00050000 | 97;

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET (NEWTIME exists in clone3 only). */
const NAMESPACE_FLAGS = 0x00020000 | 0x02000000 | 0x7c000000;
/** Terminal calls that push input into the controlling terminal. */
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;
/**
 * AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: bound to the network namespace. Others are refused:
 * AF_VSOCK reaches the hypervisor past every namespace, AF_ALG and AF_PACKET only widen the kernel's surface.
 */
const ALLOWED_FAMILIES = [1, 2, 10, 16];

/** True where a system call filter exists for this processor. */
export function isFilteredArch(arch: string): arch is FilteredArch {
  return arch === "x64" || arch === "arm64";
}

/**
 * The filter as bytes for `bwrap --seccomp FD`: a list of `struct sock_filter` (8 bytes each,
 * little-endian). Default allow; tracing, mounting, namespaces, keys, BPF, io_uring and the like answer
 * EPERM; clone3, whose flags a filter cannot read, answers ENOSYS so that libc falls back to clone;
 * another architecture's calls kill the process.
 */
export function createSeccompProgram(arch: FilteredArch): Buffer {
  const table = SYSCALLS[arch];
  const program = new Assembler();
  program.add(LOAD_WORD, OFFSET_ARCH);
  program.add(JUMP_IF_EQUAL, table.auditArch, 1, 0);
  program.add(RETURN, KILL_PROCESS);
  program.add(LOAD_WORD, OFFSET_NUMBER);
  addNumberChecks(program, table);
  program.add(RETURN, ALLOW);
  return program.toBytes();
}

function addNumberChecks(program: Assembler, table: SyscallTable): void {
  if (table.foreignFrom !== null) {
    program.add(JUMP_IF_AT_LEAST, table.foreignFrom, 0, 1);
    program.add(RETURN, ENOSYS);
  }
  program.add(JUMP_IF_EQUAL, table.clone3, 0, 1);
  program.add(RETURN, ENOSYS);
  for (const number of Object.values(table.denied)) {
    program.add(JUMP_IF_EQUAL, number, 0, 1);
    program.add(RETURN, EPERM);
  }
  // Each block is skipped whole when the number differs, since it overwrites the accumulator.
  program.add(JUMP_IF_EQUAL, table.clone, 0, 4);
  program.add(LOAD_WORD, OFFSET_ARG0);
  program.add(JUMP_IF_ANY_BIT, NAMESPACE_FLAGS, 0, 1);
  program.add(RETURN, EPERM);
  program.add(RETURN, ALLOW);

  program.add(JUMP_IF_EQUAL, table.ioctl, 0, 5);
  program.add(LOAD_WORD, OFFSET_ARG1);
  program.add(JUMP_IF_EQUAL, TIOCSTI, 1, 0);
  program.add(JUMP_IF_EQUAL, TIOCLINUX, 0, 1);
  program.add(RETURN, EPERM);
  program.add(RETURN, ALLOW);

  program.add(JUMP_IF_EQUAL, table.socket, 0, ALLOWED_FAMILIES.length * 2 + 2);
  program.add(LOAD_WORD, OFFSET_ARG0);
  for (const family of ALLOWED_FAMILIES) {
    program.add(JUMP_IF_EQUAL, family, 0, 1);
    program.add(RETURN, ALLOW);
  }
  program.add(RETURN, EAFNOSUPPORT);
}

class Assembler {
  readonly #instructions: Buffer[] = [];

  add(code: number, operand: number, ifTrue = 0, ifFalse = 0): void {
    const instruction = Buffer.alloc(8);
    instruction.writeUInt16LE(code, 0);
    instruction.writeUInt8(ifTrue, 2);
    instruction.writeUInt8(ifFalse, 3);
    instruction.writeUInt32LE(operand >>> 0, 4);
    this.#instructions.push(instruction);
  }

  toBytes(): Buffer {
    return Buffer.concat(this.#instructions);
  }
}
