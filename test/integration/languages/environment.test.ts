import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { findPythons } from "../../../src/app/languages/find-python.ts";
import { openLanguageBench, type LanguageBench } from "./language-bench.ts";

const PYTHON = "/usr/bin/python3";
const OUTSIDE = "/var/tmp/regoose-environment-was-here";
const FILES = {
  "src/greet.py": "import salute\n\n\ndef greet(name):\n    return salute.WORD + name\n",
};
const TEST = {
  "tests/test_greet.py":
    'from greet import greet\n\n\ndef test_greet():\n    assert greet("you") == "hail you"\n',
};

const open = (arrange: (root: string) => void): Promise<LanguageBench> =>
  openLanguageBench(FILES, { language: "python", sources: ["src/greet.py"], arrange });

/** An environment as `python3 -m venv` makes it; answers its folder of packages. */
function makeEnvironment(folder: string): string {
  const made = spawnSync(PYTHON, ["-m", "venv", "--without-pip", folder], { encoding: "utf8" });
  expect(made.status, made.stderr).toBe(0);
  const version = spawnSync(
    PYTHON,
    ["-c", "import sys; print('python%d.%d' % sys.version_info[:2])"],
    { encoding: "utf8" },
  ).stdout.trim();
  return join(folder, "lib", version, "site-packages");
}

function addPackage(packages: string): void {
  mkdirSync(join(packages, "salute"));
  writeFileSync(join(packages, "salute/__init__.py"), 'WORD = "hail "\n');
}

/** An environment whose Python, outside of `/usr`, is a shell script. */
function makeFakePython(root: string, script: string): void {
  const packages = makeEnvironment(join(root, ".venv"));
  const version = packages.split("/").at(-2) ?? "";
  const fake = join(root, "fake");
  mkdirSync(join(fake, "bin"), { recursive: true });
  mkdirSync(join(fake, "lib", version), { recursive: true });
  writeFileSync(join(fake, "lib", version, "os.py"), "");
  writeFileSync(join(fake, "bin", version), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  writeFileSync(join(root, ".venv/pyvenv.cfg"), `home = ${join(fake, "bin")}\n`);
}

const unusable = (message: string): object => ({
  code: "RGS-7103",
  message: expect.stringContaining(message) as string,
  hint: expect.stringContaining("python3 -m venv --clear .venv") as string,
});

describe("a project's virtual environment", () => {
  test.each([".venv", "venv"])("%s brings the packages that tests run with", async (name) => {
    using bench = await open((root) => {
      addPackage(makeEnvironment(join(root, name)));
    });
    const report = await bench.run(TEST);
    expect(report.tests, report.output).toMatchObject([{ status: "passed" }]);
    expect(bench.ground.notes).toEqual([]);
  });

  test("is read only, and the rest of it is not shown", async () => {
    using bench = await open((root) => {
      addPackage(makeEnvironment(join(root, ".venv")));
    });
    const report = await bench.run({
      "tests/test_greet.py": [
        "import os, salute",
        "def test_write():",
        '    open(os.path.join(os.path.dirname(salute.__file__), "x"), "w")',
        "",
      ].join("\n"),
    });
    expect(report.tests).toMatchObject([{ status: "failed", failure: { name: "OSError" } }]);
    expect(report.tests[0]?.failure?.message).toContain("Read-only");
  });

  test.each([
    [
      "whose folder is a link",
      (root: string, elsewhere: string) => {
        makeEnvironment(elsewhere);
        symlinkSync(elsewhere, join(root, ".venv"));
      },
    ],
    [
      "whose packages are a link",
      (root: string, elsewhere: string) => {
        const packages = makeEnvironment(join(root, ".venv"));
        rmSync(packages, { recursive: true });
        symlinkSync(elsewhere, packages);
      },
    ],
  ])("%s out of the project is refused, and says so", async (_name, arrange) => {
    const elsewhere = mkdtempSync(join(tmpdir(), "regoose-elsewhere-"));
    try {
      await expect(
        open((root) => {
          arrange(root, elsewhere);
        }),
      ).rejects.toMatchObject(unusable("outside of the project"));
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  test("shows nothing of a folder that its configuration calls a Python and that is none", async () => {
    // The link's target is two folders below what would have been shown, were it believed.
    const elsewhere = mkdtempSync(join(tmpdir(), "regoose-elsewhere-"));
    mkdirSync(join(elsewhere, "keys"));
    writeFileSync(join(elsewhere, "keys/id"), "a secret\n");
    try {
      await expect(
        open((root) => {
          makeEnvironment(join(root, ".venv"));
          mkdirSync(join(root, "pythons"));
          for (const minor of Array.from({ length: 30 }, (_, index) => index))
            symlinkSync(join(elsewhere, "keys/id"), join(root, `pythons/python3.${String(minor)}`));
          writeFileSync(join(root, ".venv/pyvenv.cfg"), `home = ${join(root, "pythons")}\n`);
        }),
      ).rejects.toMatchObject(unusable("no such Python is there"));
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  test("runs a program that is no Python in the sandbox alone, and says what it is", async () => {
    rmSync(OUTSIDE, { force: true });
    await expect(
      open((root) => {
        makeFakePython(root, `touch ${OUTSIDE}; exit 0`);
      }),
    ).rejects.toMatchObject(unusable("the Python of .venv is none"));
    expect(existsSync(OUTSIDE)).toBe(false);
  });

  test("without pytest leaves the tests to the system's Python, and the report says so", async () => {
    using bench = await open((root) => {
      makeFakePython(root, "echo python 3; echo \"No module named 'pytest'\" >&2; exit 1");
    });
    expect(bench.ground.notes).toEqual([
      expect.stringMatching(/^tests do not run with the packages of \.venv: .*No module named/u),
    ]);
  });

  test("is none where its configuration is a pipe, which nobody waits for", async () => {
    const root = mkdtempSync(join(tmpdir(), "regoose-elsewhere-"));
    makeEnvironment(join(root, ".venv"));
    rmSync(join(root, ".venv/pyvenv.cfg"));
    spawnSync("mkfifo", [join(root, ".venv/pyvenv.cfg")]);
    const found = await findPythons(root);
    rmSync(root, { recursive: true, force: true });
    expect(found.map(({ environment }) => environment)).not.toContain(".venv");
  });
});
