import { describe, expect, test } from "vitest";

import { proposeEdits } from "../../../src/languages/mutants/operators.ts";
import { openLanguageBench, type LanguageBench } from "./language-bench.ts";

const MODULE = "module example.com/shop\n\ngo 1.19\n\nrequire example.com/tax v1.2.0\n";
const FILES = {
  "go.mod": MODULE,
  "shop.go": `package shop

import "example.com/tax"

// Total is a price with its tax.
func Total(price int) int {
	if note := tax.Name + tax.Name; price > 100 && note != "" {
		return price
	}
	return price + tax.Of(price)
}
`,
};
const VENDOR = {
  "vendor/modules.txt": "# example.com/tax v1.2.0\n## explicit; go 1.19\nexample.com/tax\n",
  "vendor/example.com/tax/tax.go":
    '// Package tax is somebody else\'s.\npackage tax\n\n// Name is what it is called.\nconst Name = "tax"\n\n// Of is a tenth.\nfunc Of(price int) int { return price / 10 }\n',
};
const FILE = "tests/regoose/shop/shop_regoose_test.go";
const TEST = {
  [FILE]: `package regoose_test

import (
	"testing"

	"example.com/shop"
)

func TestTotal(t *testing.T) {
	if got := shop.Total(50); got != 55 {
		t.Errorf("got %d", got)
	}
}
`,
};

const open = (files: Readonly<Record<string, string>>): Promise<LanguageBench> =>
  openLanguageBench(files, {
    ...{ language: "go", sources: ["shop.go"], goModule: "example.com/shop" },
  });

describe("a Go module with dependencies", { timeout: 120_000 }, () => {
  test("is built and tested with what stands in vendor/", async () => {
    using bench = await open({ ...FILES, ...VENDOR });
    const report = await bench.run(TEST);
    expect(report.tests, report.output).toMatchObject([{ status: "passed" }]);
    // Mutants are compiled against the dependency: taking one of its texts off another is no Go.
    const isMinus = ({ replacement }: { readonly replacement: string }): boolean =>
      replacement === "-";
    const proposed = proposeEdits(FILES["shop.go"], { file: "shop.go", language: "go" });
    expect(proposed.filter(isMinus)).toHaveLength(2);
    expect(bench.ground.mutants.filter(isMinus)).toHaveLength(1);
  });

  test.each([
    ["no vendor/ at all", {}, "no `vendor/modules.txt`"],
    [
      "a package that is missing in vendor/",
      { "vendor/modules.txt": VENDOR["vendor/modules.txt"] },
      "not in `vendor/`",
    ],
    [
      "a vendor/ that is older than go.mod",
      { ...VENDOR, "go.mod": MODULE.replace("v1.2.0", "v1.3.0") },
      "inconsistent vendoring",
    ],
  ])("with %s ends before a model is asked, with what to do", async (_name, files, cause) => {
    await expect(open({ ...FILES, ...files })).rejects.toMatchObject({
      code: "RGS-7103",
      message: expect.stringContaining(cause) as string,
      hint: expect.stringContaining("go mod vendor") as string,
    });
  });
});
