import { describe, expect, test } from "vitest";
import { openCgroups } from "../../../../src/adapters/sandbox/bubblewrap/cgroup.ts";
import type { CgroupFiles } from "../../../../src/adapters/sandbox/bubblewrap/cgroup-files.ts";
import type { Clock } from "../../../../src/kernel/clock.ts";

const clock: Clock = { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() };
const limits = { memoryBytes: 1_000, processes: 20 };
const owner = "1-2";

interface FakeTree extends CgroupFiles {
  readonly files: Map<string, string>;
  readonly folders: Set<string>;
}

/** A control group tree in memory: folders made in it get the files that `born` names. */
function createTree(
  start: Readonly<Record<string, string>>,
  born: (folder: string) => readonly string[],
  denied: (path: string) => boolean = () => false,
): FakeTree {
  const files = new Map(Object.entries(start));
  const folders = new Set<string>();
  const fail = (code: string): never => {
    throw Object.assign(new Error(code), { code });
  };
  return {
    files,
    folders,
    makeFolder(path) {
      if (denied(path)) fail("EACCES");
      if (folders.has(path)) fail("EEXIST");
      folders.add(path);
      for (const name of born(path)) files.set(`${path}/${name}`, "");
    },
    removeFolder(path) {
      if ([...folders].some((one) => one.startsWith(`${path}/`))) fail("EBUSY");
      if (!folders.delete(path)) fail("ENOENT");
      for (const file of [...files.keys()]) if (file.startsWith(`${path}/`)) files.delete(file);
    },
    write(path, text) {
      if (!files.has(path)) fail("ENOENT");
      files.set(path, text);
    },
    read: (path) => files.get(path) ?? "",
    list: (path) =>
      [...folders]
        .filter((one) => one.startsWith(`${path}/`))
        .map((one) => one.slice(path.length + 1)),
    exists: (path) =>
      files.has(path) || [...files.keys()].some((one) => one.startsWith(`${path}/`)),
  };
}

const open = (files: CgroupFiles): ReturnType<typeof openCgroups> =>
  openCgroups({ clock, files }, { owner, root: "/cg", membershipFile: "/self" });

describe("control groups of version 1", () => {
  const start = {
    "/self": "4:memory:/a/b\n3:pids,cpu:/gone\n0::/\n",
    "/cg/memory/a/b/tasks": "",
    "/cg/pids/tasks": "",
  };
  const born = (path: string): string[] =>
    path.includes("memory") ? ["memory.limit_in_bytes", "memory.oom_control"] : ["pids.max"];

  test("limit memory and processes in groups of their own", async () => {
    const tree = createTree(start, born);
    const { factory, problem } = open(tree);
    expect(problem).toBeNull();
    expect(factory?.version).toBe(1);
    const group = factory?.create(limits);
    // pids is not where the membership says, as in a container: its mount is taken instead.
    expect(group?.joinFiles).toEqual([
      "/cg/memory/a/b/regoose-1-2/box-2/cgroup.procs",
      "/cg/pids/regoose-1-2/box-2/cgroup.procs",
    ]);
    expect(tree.files.get("/cg/memory/a/b/regoose-1-2/box-2/memory.limit_in_bytes")).toBe("1000");
    expect(tree.files.get("/cg/pids/regoose-1-2/box-2/pids.max")).toBe("20");
    group?.release();
    await factory?.idle();
    expect([...tree.folders]).toEqual([]);
  });

  test("stand in one group, which holds the whole run to its memory and goes with the last", async () => {
    const tree = createTree(start, born);
    const options = { owner, root: "/cg", membershipFile: "/self", runMemoryBytes: 5_000 };
    const { factory } = openCgroups({ clock, files: tree }, options);
    const boxes = [factory?.create(limits), factory?.create(limits)];
    const run = "/cg/memory/a/b/regoose-1-2";
    expect(tree.files.get(`${run}/memory.limit_in_bytes`)).toBe("5000");
    boxes[0]?.release();
    await factory?.idle();
    expect([...tree.folders]).toContain(run);
    boxes[1]?.release();
    await factory?.idle();
    expect([...tree.folders]).toEqual([]);
  });

  test("say whether the kernel killed for memory", () => {
    const tree = createTree(start, born);
    const group = open(tree).factory?.create(limits);
    const events = "/cg/memory/a/b/regoose-1-2/box-2/memory.oom_control";
    expect(group?.hasRunOutOfMemory()).toBe(false);
    tree.files.set(events, "oom_kill_disable 0\noom_kill 0\n");
    expect(group?.hasRunOutOfMemory()).toBe(false);
    tree.files.set(events, "oom_kill_disable 0\noom_kill 2\n");
    expect(group?.hasRunOutOfMemory()).toBe(true);
  });

  test("leave nothing behind when one of them cannot be made", () => {
    const tree = createTree(start, born, (path) => path.startsWith("/cg/pids"));
    expect(open(tree)).toEqual({ factory: null, problem: "/cg/memory/a/b: EACCES" });
    expect([...tree.folders]).toEqual([]);
  });

  test("work without a controller for processes", () => {
    const tree = createTree({ "/self": "4:memory:/\n", "/cg/memory/tasks": "" }, born);
    expect(open(tree).factory?.create(limits).joinFiles).toHaveLength(1);
  });
});

describe("control groups of version 2", () => {
  const start = { "/self": "0::/user/app.scope\n", "/cg/cgroup.controllers": "memory pids" };
  const born = [
    ...["memory.max", "memory.swap.max", "memory.oom.group", "pids.max", "memory.events"],
    "cgroup.subtree_control",
  ];

  test("are made beside the own group where that one may have no limited children", () => {
    const tree = createTree(start, (path) => (path.startsWith("/cg/user/app.scope/") ? [] : born));
    const { factory } = open(tree);
    expect(factory?.version).toBe(2);
    const group = factory?.create(limits);
    expect(group?.joinFiles).toEqual(["/cg/user/regoose-1-2/box-2/cgroup.procs"]);
    const read = (name: string): string => tree.read(`/cg/user/regoose-1-2/box-2/${name}`);
    expect(["memory.max", "memory.swap.max", "memory.oom.group", "pids.max"].map(read)).toEqual([
      "1000",
      "0",
      "1",
      "20",
    ]);
    tree.files.set("/cg/user/regoose-1-2/box-2/memory.events", "oom 1\noom_kill 1\n");
    expect(group?.hasRunOutOfMemory()).toBe(true);
  });

  test("are made in the root group when this process is there", () => {
    const tree = createTree({ ...start, "/self": "0::/\n" }, () => born);
    expect(open(tree).factory?.create(limits).joinFiles[0]).toMatch(/^\/cg\/regoose-/u);
  });

  test("are not used where no group can be made", () => {
    const tree = createTree(
      start,
      () => born,
      () => true,
    );
    expect(open(tree)).toEqual({ factory: null, problem: "/cg/user: EACCES" });
  });
});

test("there are none where no controller is mounted", () => {
  expect(open(createTree({}, () => []))).toEqual({
    factory: null,
    problem: "no memory controller is mounted",
  });
  expect(open(createTree({ "/self": "4:memory:/\n" }, () => [])).factory).toBeNull();
});

test("a group that stays busy is given up, and found by the sweep of a later process", async () => {
  const tree = createTree({ "/self": "4:memory:/\n", "/cg/memory/tasks": "" }, () => [
    "memory.limit_in_bytes",
  ]);
  const { factory } = open(tree);
  const group = factory?.create(limits);
  const remove = tree.removeFolder.bind(tree);
  tree.removeFolder = () => {
    throw Object.assign(new Error("EBUSY"), { code: "EBUSY" });
  };
  group?.release();
  await factory?.idle();
  expect([...tree.folders].at(-1)).toBe("/cg/memory/regoose-1-2/box-2");
  tree.removeFolder = remove;
  // This process cannot be proven dead; process 999999999 cannot be alive.
  tree.folders.add(`/cg/memory/regoose-${process.pid}-0-1`);
  const left = "/cg/memory/regoose-999999999-5";
  tree.folders.add(left);
  tree.folders.add(`${left}/box-1`);
  tree.folders.add("/cg/memory/other");
  tree.files.set(`${left}/box-1/cgroup.procs`, "999999998\n");
  const removed = await factory?.sweep();
  expect(removed).toEqual(expect.arrayContaining([`removed ${left}/box-1`, `removed ${left}`]));
  expect([...tree.folders]).toContain(`/cg/memory/regoose-${process.pid}-0-1`);
  expect([...tree.folders]).toContain("/cg/memory/other");
});
