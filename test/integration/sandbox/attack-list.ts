import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { findProcesses } from "../../../src/adapters/sandbox/battery.ts";
import { SYSCALLS, type FilteredArch } from "../../../src/adapters/sandbox/bubblewrap/syscalls.ts";
import type { SandboxCommand, SandboxResult } from "../../../src/ports/sandbox.ts";
import type { AttackDecoys } from "./attack-decoys.ts";

/** One row of the attack list (research: sandbox.md section 3). */
export interface Attack {
  readonly name: string;
  readonly command: Partial<SandboxCommand> & Pick<SandboxCommand, "argv">;
  /** Why the attack counts as successful, seen from the host; null when it was stopped. */
  readonly judge: (result: SandboxResult) => string | null;
}

/** Limits under which the list is run. */
export const MIB: number = 1024 * 1024;
export const ATTACK_LIMITS = {
  memoryBytes: 1024 * MIB,
  totalMemoryBytes: 1536 * MIB,
  processes: 64,
  fileBytes: 16 * MIB,
  workBytes: 64 * MIB,
  outputBytes: 8 * MIB,
} as const;

/** All attacks on one sandbox, aimed at decoys. Bombs are bounded. */
export function listAttacks(decoys: AttackDecoys): readonly Attack[] {
  return [
    ...secretAttacks(decoys),
    ...networkAttacks(decoys),
    ...fileAttacks(decoys),
    ...processAttacks(decoys),
    ...kernelAttacks(),
    ...bombs(),
  ];
}

const node = (source: string): { argv: readonly string[] } => ({ argv: ["node", "-e", source] });
const shell = (source: string): { argv: readonly string[] } => ({
  argv: ["/bin/sh", "-c", source],
});
const quote = JSON.stringify;

function secretAttacks({ secret, secretFile }: AttackDecoys): Attack[] {
  const showsNoSecret = (result: SandboxResult): string | null =>
    (result.stdout + result.stderr).includes(secret) ? "the secret was read" : null;
  return [
    {
      name: "secret in its own environment",
      command: node("console.log(process.env)"),
      judge: showsNoSecret,
    },
    {
      name: "secret file in a home folder",
      command: shell(
        `cat ${secretFile}; ls -la ${homedir()} /home /root && echo LISTED; cat /etc/shadow`,
      ),
      judge: (result) =>
        result.stdout.includes("LISTED") ? "a home folder is there" : showsNoSecret(result),
    },
    {
      name: "the parent's environment through /proc",
      command: shell("cat /proc/1/environ /proc/[0-9]*/environ /proc/*/cmdline"),
      judge: showsNoSecret,
    },
  ];
}

function networkAttacks(decoys: AttackDecoys): Attack[] {
  const isUnreached =
    (name: string) =>
    (result: SandboxResult): string | null =>
      decoys.reached.includes(name) || result.stdout.includes("CONNECTED") ? "reached" : null;
  const connect = (target: string): Partial<SandboxCommand> & { argv: readonly string[] } =>
    node(
      `require('net').connect(${target}).on('connect', () => console.log('CONNECTED')).on('error', (e) => console.log(e.code))`,
    );
  return [
    {
      name: "TCP to a loopback service of the host",
      command: connect(`${decoys.tcpPort}, '127.0.0.1'`),
      judge: isUnreached("tcp"),
    },
    {
      name: "UDP to the host",
      command: node(
        `const s = require('dgram').createSocket('udp4'); s.send('x', ${decoys.udpPort}, '127.0.0.1', () => { s.close(); });`,
      ),
      judge: isUnreached("udp"),
    },
    {
      name: "a unix socket of the host, by path",
      command: connect(quote(decoys.socketPath)),
      judge: isUnreached("unix"),
    },
    {
      name: "a unix socket of the host, abstract",
      command: connect(quote(`\0${decoys.abstractName}`)),
      judge: isUnreached("abstract"),
    },
  ];
}

function fileAttacks(decoys: AttackDecoys): Attack[] {
  const isUnwritten = (): string | null => {
    if (decoys.wasWritten()) return "a file of the host was written";
    const kept = readFileSync(join(decoys.layer, "kept.txt"), "utf8");
    const dependency = readFileSync(join(decoys.dependencies, "dependency/index.js"), "utf8");
    const isKept = kept === "kept" && dependency === "module.exports = 'kept'";
    return isKept ? null : "the user's files changed";
  };
  return [
    {
      name: "writing outside the work copy",
      command: shell(
        `echo x > ${decoys.writeTarget}; echo x > /usr/written; echo x > /etc/written; echo x > /written
        for f in /layers/0/kept.txt node_modules/dependency/index.js /opt/regoose/bin/node; do
          echo x > $f; chmod u+w $f; rm -f $f; mv $f /tmp/; done
        ls /usr/written /etc/written /written 2>/dev/null && echo WRITTEN`,
      ),
      judge: (result) =>
        result.stdout.includes("WRITTEN") ? "a system folder was written" : isUnwritten(),
    },
    {
      name: "writing through a symbolic link",
      command: shell(
        `ln -s ${decoys.writeTarget} link && echo x > link; ln -s ${decoys.root} dir && echo x > dir/written
        ln -s /proc/1/root/${decoys.root} up && echo x > up/written; ln -s ../../../../../../${decoys.root} rel && echo x > rel/written`,
      ),
      judge: isUnwritten,
    },
    {
      name: "a report replaced by a link",
      command: {
        ...shell(
          `ln -s /etc/passwd report; ln -s ${decoys.secretFile} secret; mkfifo pipe; ln -s /dev/zero zero`,
        ),
        collect: ["report", "secret", "pipe", "zero"],
      },
      judge: ({ files }) => (files.size > 0 ? `handed back ${[...files.keys()].join()}` : null),
    },
    {
      name: "descriptors left open by the parent",
      command: shell(
        "ls -l /proc/self/fd >/tmp/list; grep -e '->' /tmp/list | grep -v -e 'socket:' -e '/dev/null' -e '/proc/' -e '/tmp/list'",
      ),
      judge: ({ stdout }) => (stdout.trim() === "" ? null : stdout),
    },
  ];
}

function processAttacks(decoys: AttackDecoys): Attack[] {
  const mark = `7${process.pid}.5`;
  return [
    {
      name: "killing a process of the host",
      command: node(
        `for (const pid of [${decoys.victim}, ${process.pid}]) { try { process.kill(pid, 9); console.log('KILLED'); } catch (e) { console.log(e.code); } }`,
      ),
      judge: ({ stdout }) =>
        !decoys.isVictimAlive() || stdout.includes("KILLED") ? "the victim was hit" : null,
    },
    {
      name: "tracing a process of the host",
      command: perl(
        `print syscall(${numbers().denied["ptrace"]}, 16, ${decoys.victim}, 0, 0) == 0 ? "DONE" : $!+0`,
      ),
      judge: isDenied,
    },
    {
      name: "an orphan that outlives the command",
      command: shell(
        `setsid sh -c 'trap "" HUP TERM; sleep ${mark}' >/dev/null 2>&1 & (setsid sleep ${mark} &) ; echo ok`,
      ),
      judge: ({ end }) =>
        end.kind !== "exited" || findProcesses(`sleep\0${mark}`).length > 0
          ? `left behind (${end.kind})`
          : null,
    },
    {
      name: "running for ever",
      command: { ...node("for (;;);"), timeoutMs: 400 },
      judge: ({ end, durationMs }) =>
        end.kind === "timed-out" && durationMs < 20_000 ? null : end.kind,
    },
  ];
}

function kernelAttacks(): Attack[] {
  const { denied, socket } = numbers();
  const attempts = Object.entries({
    mount: `${denied["mount"]}, $s[0], $s[1], $s[2], 0, 0`,
    unshare: `${denied["unshare"]}, 0x10000000`,
    setns: `${denied["setns"]}, 0, 0`,
    keyctl: `${denied["keyctl"]}, 0, -1, 0`,
    bpf: `${denied["bpf"]}, 0, 0, 0`,
    perf: `${denied["perf_event_open"]}, 0, 0, -1, -1, 0`,
    userfaultfd: `${denied["userfaultfd"]}, 0`,
    io_uring: `${denied["io_uring_setup"]}, 1, 0`,
    traceme: `${denied["ptrace"]}, 0, 0, 0, 0`,
  });
  return [
    {
      name: "writing /proc/sys",
      command: shell(
        // The value that stands there is written back, so that success would change nothing.
        'for f in /proc/sys/kernel/core_pattern /proc/sys/vm/swappiness /proc/sys/kernel/hostname; do v=$(cat $f) && echo "$v" > $f && echo WRITTEN; done',
      ),
      judge: ({ stdout }) => (stdout.includes("WRITTEN") ? "it could be written" : null),
    },
    {
      name: "mounting a tmpfs, and calls that tests have no use for",
      command: perl(
        // perl hands only variables to a system call, not literals.
        'my @s = ("none", "/tmp", "tmpfs"); ' +
          attempts
            .map(
              ([name, call]) => `print "${name} ", (syscall(${call}) >= 0 ? "DONE" : $!+0), "\\n";`,
            )
            .join(" "),
      ),
      judge: ({ stdout }) =>
        isPerlMissing(stdout) || attempts.every(([name]) => stdout.includes(`${name} 1\n`))
          ? null
          : `answers: ${stdout}`,
    },
    {
      name: "making a user namespace",
      command: shell("unshare --user --map-root-user echo MADE; unshare --mount echo MADE"),
      judge: ({ stdout }) => (stdout.includes("MADE") ? "made" : null),
    },
    {
      name: "reaching the hypervisor by a vsock",
      command: perl(`print syscall(${socket}, 40, 1, 0) >= 0 ? "DONE" : $!+0`),
      judge: ({ stdout }) => (stdout.includes("DONE") ? "made" : null),
    },
    {
      name: "writing the control group tree",
      command: shell(
        "mkdir -p /sys/fs/cgroup/regoose-attack /sys/fs/cgroup/memory/regoose-attack && echo MADE; mount -t cgroup2 none /tmp && echo MADE",
      ),
      judge: ({ stdout }) =>
        stdout.includes("MADE") || existsSync("/sys/fs/cgroup/regoose-attack") ? "made" : null,
    },
  ];
}

function bombs(): Attack[] {
  return [
    {
      name: "a fork bomb (200 children, cap 64)",
      command: {
        ...shell("i=0; while [ $i -lt 200 ]; do sleep 3 & i=$((i+1)); echo $i; done"),
        timeoutMs: 20_000,
      },
      judge: ({ stdout }) => {
        const started = Number(stdout.trim().split("\n").at(-1));
        return started < ATTACK_LIMITS.processes ? null : `${started} children`;
      },
    },
    {
      name: "a memory bomb in one process",
      command: node(
        "const all = []; for (let n = 1; n <= 24; n += 1) { all.push(Buffer.alloc(64 * 1048576, 1)); require('fs').writeSync(1, n * 64 + '\\n'); }",
      ),
      judge: ({ stdout }) => {
        const reached = Number(stdout.trim().split("\n").at(-1));
        return reached * MIB < ATTACK_LIMITS.memoryBytes ? null : `${reached} MiB`;
      },
    },
    {
      name: "filling the disk: one file, many files, every writable place",
      command: {
        ...node(`const fs = require('fs'); const block = Buffer.alloc(1048576, 1); let total = 0;
          const fill = (path, count) => { try { const fd = fs.openSync(path, 'w'); for (let i = 0; i < count; i += 1) total += fs.writeSync(fd, block); } catch {} };
          for (const dir of ['.', '..', '/tmp', '/dev/shm', '/dev', '/', '/run', '/var/tmp', '/layers', '/regoose', '/opt']) {
            fill(dir + '/big', 128);
            for (let n = 0; n < 128; n += 1) fill(dir + '/f' + n, 1);
          }
          console.log(total);`),
      },
      judge: ({ stdout }) => {
        const written = Number(stdout.trim());
        if (!(written > 0)) return `the attack did not run: ${stdout}`;
        return written > ATTACK_LIMITS.workBytes ? `${written} bytes were written` : null;
      },
    },
    {
      name: "a gigabyte to stdout",
      command: node(
        "const block = Buffer.alloc(1048576, 120); for (let i = 0; i < 1024; i += 1) require('fs').writeSync(1, block)",
      ),
      judge: ({ end, stdout }) =>
        end.kind === "output-exceeded" && stdout.length <= ATTACK_LIMITS.outputBytes
          ? null
          : `${end.kind} after ${stdout.length} bytes`,
    },
  ];
}

/** Perl is the one tool on most systems that makes any system call; without it the row says so. */
function perl(source: string): { argv: readonly string[] } {
  return {
    argv: [
      "/bin/sh",
      "-c",
      '[ -x /usr/bin/perl ] || { echo NO-PERL; exit; }; exec /usr/bin/perl -e "$1"',
      "sh",
      source,
    ],
  };
}

function isPerlMissing(stdout: string): boolean {
  return stdout.includes("NO-PERL");
}

/** EPERM from the filter, or ESRCH from the process namespace. */
function isDenied({ stdout }: SandboxResult): string | null {
  return isPerlMissing(stdout) || stdout === "1" || stdout === "3" ? null : stdout;
}

function numbers(): (typeof SYSCALLS)[FilteredArch] {
  return process.arch === "arm64" ? SYSCALLS.arm64 : SYSCALLS.x64;
}
