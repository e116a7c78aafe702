import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readKey, readListQuery, readSubmission } from "../../../src/server/request-schema.ts";
import { aProject } from "../analysis/project-builder.ts";

describe("a submission", () => {
  test("names its project by the real path, whatever way it came", async () => {
    const root = await aProject({ "package.json": {} });
    await symlink(root, join(root, "..", "link"));
    const flags = { maxTime: "90s", seed: 0, sandbox: "namespace" };
    const read = await readSubmission({ project: join(root, "..", "link"), flags });
    expect(read).toEqual({ project: root, targets: [], flags });
    expect(await readListQuery({ project: join(root, "..", "link") })).toMatchObject({
      project: root,
      limit: 50,
    });
    expect(await readListQuery({ project: "/gone", limit: "7" })).toEqual({
      project: "/gone",
      limit: 7,
    });
  });

  test.each([
    [undefined, ["/project"]],
    [{ project: "." }, ["/project"]],
    [
      { project: "/", targets: ["../a", "/b", "-c", "", "src/../../d"] },
      [0, 1, 2, 3, 4].map((n) => `/targets/${String(n)}`),
    ],
    [
      { project: "/", flags: { seed: -1, workers: 0, maxTime: "soon", out: "/x", profile: "a b" } },
      ["/flags/profile", "/flags/maxTime", "/flags/seed", "/flags/workers", "/flags/out"],
    ],
    [{ project: "/", flags: { code: "1" } }, ["/flags"]],
    [{ project: "/", "~a/b": 1 }, [""]],
  ])("is refused where it says what is not understood: %j", async (body, pointers) => {
    const refusal: unknown = await readSubmission(body).catch((failure: unknown) => failure);
    expect(refusal).toMatchObject({
      code: "RGS-5012",
      details: { issues: pointers.map((pointer) => ({ pointer })) },
    });
  });

  test("is refused where the project holds no package", async () => {
    const root = await aProject({ "a.txt": "" });
    const to = (project: string): Promise<unknown> => readSubmission({ project });
    await expect(to(root)).rejects.toThrow("holds no package.json");
    await expect(to(join(root, "gone"))).rejects.toThrow("does not exist");
  });

  test("may carry a key of visible characters", () => {
    expect(readKey(undefined)).toBeNull();
    expect(readKey("build-17")).toBe("build-17");
    for (const key of ["", "a b", "ä", "x".repeat(201), ["a", "b"]])
      expect(() => readKey(key)).toThrow(/Idempotency-Key/u);
  });
});
