import { describe, expect, test } from "vitest";

import { chooseLanguage, toWords } from "../../../../src/app/languages/choose-language.ts";

describe("choosing a language", () => {
  test("knows the runners of Python and Go", () => {
    expect(chooseLanguage({ language: "python", testCommand: null })?.runner).toBe("pytest");
    expect(chooseLanguage({ language: "go", testCommand: null })?.runner).toBe("go-test");
    expect(chooseLanguage({ language: null, testCommand: "x" })).toBeNull();
    expect(chooseLanguage({ language: "typescript", testCommand: null })).toBeNull();
  });

  test("takes the command where one is named, and asks for it where none is known", () => {
    expect(chooseLanguage({ language: "python", testCommand: "tox {file}" })).toEqual({
      ...{ name: "python", runner: "command", command: ["tox", "{file}"] },
    });
    expect(() => chooseLanguage({ language: "cobol", testCommand: null })).toThrow(
      /how tests in cobol are run/u,
    );
  });

  test("splits words and quotes, expands nothing, and puts the file last", () => {
    expect(toWords(`sh -c 'a "b" $HOME' --x="1 2"`)).toEqual([
      ...["sh", "-c", 'a "b" $HOME', "--x=1 2", "{file}"],
    ]);
    expect(toWords("run {file} --quiet")).toEqual(["run", "{file}", "--quiet"]);
  });
});
