import { describe, expect, test } from "vitest";
import {
  toBoxArguments,
  toBoxEnv,
} from "../../../../src/adapters/sandbox/bubblewrap/box-arguments.ts";
import { createBoxLayout } from "../../../../src/adapters/sandbox/bubblewrap/box-layout.ts";
import { createBoxScript } from "../../../../src/adapters/sandbox/bubblewrap/box-script.ts";
import { toHostCommand } from "../../../../src/adapters/sandbox/bubblewrap/host-command.ts";

const limits = {
  memoryBytes: 2 ** 30,
  totalMemoryBytes: 2 ** 31,
  processes: 256,
  fileBytes: 2 ** 20,
  workBytes: 64 * 2 ** 20,
  outputBytes: 2 ** 20,
};

describe("the layout of a box", () => {
  test("puts the work copy below every dependency folder", () => {
    const dependencies = [0, 1, 3].map((levelsUp) => ({ hostPath: "/h", levelsUp }));
    const layout = createBoxLayout({ dependencies, mounts: [] });
    expect(layout.work).toBe("/box/up1/up2/project");
    expect(layout.dependencyPath(0)).toBe("/box/up1/up2/project/node_modules");
    expect(layout.dependencyPath(1)).toBe("/box/up1/up2/node_modules");
    expect(layout.dependencyPath(3)).toBe("/box/node_modules");
    expect(() => layout.dependencyPath(4)).toThrow(RangeError);
    expect(() => layout.dependencyPath(-1)).toThrow(RangeError);
  });

  test("answers for mounts it has, and refuses names that would leave their folder", () => {
    const mount = (name: string): { hostPath: string; name: string } => ({ hostPath: "/h", name });
    const layout = createBoxLayout({ dependencies: [], mounts: [mount("code"), mount("a/b.ts")] });
    expect([layout.pathOf("work"), layout.pathOf("code"), layout.pathOf("a/b.ts")]).toEqual([
      "/box/project",
      "/regoose/code",
      "/regoose/a/b.ts",
    ]);
    expect(() => layout.pathOf("other")).toThrow(/no mount named other/u);
    for (const name of ["..", "a/../b", "/abs", "", "work", "a b", "."]) {
      expect(() => createBoxLayout({ dependencies: [], mounts: [mount(name)] })).toThrow(
        RangeError,
      );
    }
  });
});

describe("the arguments of bwrap", () => {
  const layout = createBoxLayout({ dependencies: [], mounts: [] });
  const toArguments = (changed: Partial<Parameters<typeof toBoxArguments>[0]> = {}): string =>
    toBoxArguments({
      layout,
      limits,
      system: [
        { path: "/usr", linkTarget: null },
        { path: "/bin", linkTarget: "usr/bin" },
      ],
      binds: [{ hostPath: "/host/layer", boxPath: "/layers/0" }],
      env: { TZ: "Asia/Tokyo", ADDED: "1" },
      hasSeccomp: true,
      canDisableUserns: true,
      identity: "first",
      script: "SCRIPT",
      argv: ["node", "-e", "0"],
      ...changed,
    }).join(" ");

  test("harden the box", () => {
    const text = toArguments();
    for (const part of [
      "--unshare-all --unshare-user --die-with-parent --new-session --disable-userns",
      "--uid 1000 --gid 1000 --cap-drop ALL",
      "--seccomp 3",
      "--ro-bind /usr /usr --symlink usr/bin /bin",
      "--ro-bind /host/layer /layers/0",
      "--remount-ro /dev --remount-ro / --chdir /box/project --clearenv",
      "-- /bin/sh -c SCRIPT regoose node -e 0",
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toMatch(/--(?:dev-)?bind /u);
    expect(text).not.toContain("--share-net");
  });

  test("split the disk budget over everything that can be written", () => {
    const sizes = [...toArguments().matchAll(/--size (\d+) --tmpfs (\S+)/gu)];
    expect(sizes.map((match) => match[2])).toEqual(["/dev/shm", "/tmp", "/box"]);
    const total = sizes.reduce((sum, match) => sum + Number(match[1]), 0);
    expect(total).toBe(limits.workBytes);
  });

  test("leave out what this machine lacks", () => {
    const text = toArguments({ hasSeccomp: false, canDisableUserns: false });
    expect(text).not.toMatch(/--seccomp|--disable-userns/u);
  });

  test("give a fixed environment that the command may change", () => {
    expect(toBoxEnv({ TZ: "Asia/Tokyo" })).toEqual({
      PATH: "/opt/regoose/bin:/usr/bin:/bin",
      HOME: "/tmp",
      TMPDIR: "/tmp",
      LANG: "C.UTF-8",
      TZ: "Asia/Tokyo",
    });
  });
});

describe("the script in the box", () => {
  const input = {
    work: "/box/project",
    layers: ["/layers/0"],
    limits,
    cpuSeconds: 30,
    collect: ["it's.json"],
    collectBytes: 100,
  };

  test("fills, limits, runs, kills what is left, and hands back", () => {
    const script = createBoxScript(input);
    const order = [
      "cp -a --remove-destination '/layers/0/.'",
      "ulimit -t 30",
      "ulimit -f 2048",
      "ulimit -d 1048576",
      "ulimit -u 256",
      "printf R",
      'exec "$@" 2>&9 4>&- 9>&-',
      "kill -s KILL -- -1",
      "printf 'X%d",
      String.raw`take 0 './it'\''s.json'`,
    ].map((part) => script.indexOf(part));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test("refuses to hand back files from outside the work copy", () => {
    for (const path of ["/etc/passwd", "../x", "a/..", ""]) {
      expect(() => createBoxScript({ ...input, collect: [path] })).toThrow(RangeError);
    }
  });
});

describe("the host command", () => {
  const input = { bwrap: "/b", setpriv: null, unshare: null, mounts: [], joinFiles: [] };

  test("is bwrap itself for a plain user", () => {
    expect(toHostCommand(input, ["--x"])).toEqual(["/b", "--x"]);
  });

  test("gives up root before bwrap", () => {
    const command = toHostCommand({ ...input, setpriv: "/s" }, ["--x"]).join(" ");
    expect(command).toBe("/s --reuid 61374 --regid 61374 --clear-groups -- /b --x");
  });

  test("joins control groups and binds folders as root, each step by exec", () => {
    const joinFiles = ["/cg/it's/cgroup.procs"];
    const mounts = [{ from: "/root/m", to: "/tmp/m" }];
    const command = toHostCommand({ ...input, setpriv: "/s", unshare: "/u", joinFiles, mounts }, [
      "--x",
    ]);
    expect(command.slice(0, 7)).toEqual([
      "/u",
      "--mount",
      "--propagation",
      "private",
      "--",
      "/bin/sh",
      "-c",
    ]);
    expect(command[7]).toBe(
      [
        String.raw`echo $$ >'/cg/it'\''s/cgroup.procs' || exit 125`,
        "mount --bind '/root/m' '/tmp/m' || exit 125",
        'exec "$@"',
      ].join("\n"),
    );
    expect(command.at(-2)).toBe("/b");
  });

  test("needs no mount namespace for control groups alone, and one for mounts", () => {
    expect(toHostCommand({ ...input, joinFiles: ["/f"] }, [])[0]).toBe("/bin/sh");
    expect(() => toHostCommand({ ...input, mounts: [{ from: "/a", to: "/b" }] }, [])).toThrow();
  });
});
