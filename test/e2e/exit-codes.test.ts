import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { aProject, BIN, hasNamespace, runCli, toEnvelope } from "./support/cli.ts";

const SOURCE = { "index.js": "exports.double = (n) => n * 2;\n" };

/** 0, 2, 3, 130 and 143 are held by the other files of this folder, 1 by test/unit/cli. */
describe("exit code 7", () => {
  test.each(["vitest", "jest"])(
    "comes before any work where %s was asked for at level guarded",
    async (framework) => {
      await using project = await aProject(SOURCE);
      const result = await runCli(
        ["generate", "--json", "--framework", framework, "--sandbox", "guarded"],
        { cwd: project.root },
      );
      expect(result.code).toBe(7);
      expect(toEnvelope(result).error).toMatchObject({
        code: "RGS-7101",
        name: "RunnerNeedsNamespace",
        class: "permanent",
        hint: expect.stringContaining("bubblewrap") as string,
      });
      const shown = await runCli(["runs", "show", "--json"], { cwd: project.root });
      expect(shown.stdout).not.toContain("propose-start");
    },
  );

  test.skipIf(!hasNamespace())("names the fix where bubblewrap is missing", async () => {
    await using project = await aProject(SOURCE);
    // Tools are looked up in fixed folders, never on PATH, so the file itself is covered up.
    const { stdout: path } = spawnSync("sh", ["-c", "command -v bwrap"], { encoding: "utf8" });
    const result = spawnSync(
      "bwrap",
      [
        ...["--dev-bind", "/", "/", "--ro-bind", "/dev/null", path.trim()],
        ...[process.execPath, BIN, "generate", "--json", "--sandbox", "namespace"],
      ],
      { cwd: project.root, encoding: "utf8" },
    );
    expect(result.status, result.stderr).toBe(7);
    expect(toEnvelope({ ...result, code: result.status }).error).toMatchObject({
      name: "SandboxUnavailable",
      hint: expect.stringContaining("bubblewrap") as string,
    });
  });

  test("says which Node is needed where this one is too old", async () => {
    const older =
      'data:text/javascript,Object.defineProperty(process, "versions", { value: { node: "20.19.0" } });';
    const result = await runCli(["doctor"], {
      cwd: "/",
      env: { NODE_OPTIONS: `--import=${encodeURI(older)}` },
    });
    expect(result.code).toBe(7);
    expect(result.stderr).toContain("needs Node 22.18 or newer, and this is 20.19.0");
  });
});
