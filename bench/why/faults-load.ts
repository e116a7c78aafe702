import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Fault } from "./fault.ts";
import { generate, toGenerate, toInjected } from "./stage.ts";

const LOADS = /load|import|require/iu;

/** Packages that do not load, or load something that cannot be tested. */
export const LOAD_FAULTS: readonly Fault[] = [
  {
    name: "throw at load",
    cause: "lib/layout.js throws while it is loaded: no terminal",
    evidence: [/layout wants a terminal|lib\/layout\.js/u],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.append("lib/layout.js", '\nthrow new Error("layout wants a terminal");\n');
      return generate(stage);
    },
  },
  {
    name: "missing dependency",
    cause: "the dependency string-bakery is not installed",
    evidence: [/string-bakery/u],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.edit(
        "package.json",
        '"private": true,',
        '"private": true, "dependencies": { "string-bakery": "^3.1.0" },',
      );
      await stage.edit(
        "lib/naming.js",
        '"use strict";',
        'const bakery = require("string-bakery");',
      );
      await stage.append("lib/naming.js", "\nmodule.exports.bakery = bakery;\n");
      return generate(stage);
    },
  },
  {
    name: "syntax error",
    cause: "lib/duration.js cannot be parsed",
    evidence: [/duration\.js/u, /syntax|pars|unexpected|missing/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.edit(
        "lib/duration.js",
        "function parseDuration(text) {",
        "function parseDuration(text {",
      );
      return generate(stage);
    },
  },
  {
    name: "missing variable",
    cause: "the package asks for the variable LEDGER_DATABASE_URL while it is loaded",
    evidence: [/LEDGER_DATABASE_URL/u],
    async inject(stage) {
      await stage.example("file-ledger");
      const check =
        'if (!process.env.LEDGER_DATABASE_URL) throw new Error("LEDGER_DATABASE_URL is not set");\n';
      await stage.append("lib/ledger.js", check);
      return generate(stage);
    },
  },
  {
    name: "exit at load",
    cause: "the module calls process.exit(3) while it is loaded",
    evidence: [
      /process\.exit|\bexit(?:s|ed)?\b|\bcode 3\b|end(?:s|ed) (?:its|the|its own) process/iu,
      /load|import|require|lib\/index\.js/iu,
    ],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.append("lib/index.js", "\nprocess.exit(3);\n");
      return generate(stage);
    },
  },
  {
    name: "loop at load",
    cause: "the module never ends loading: an endless loop",
    evidence: [
      LOADS,
      /tim(?:e|ed)[ -]?(?:out|limit|ran)|within|hang|hung|loop|silent|did not (?:end|finish|come|answer|load)|stuck|watchdog|never|too long/iu,
    ],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.append(
        "lib/distance.js",
        "\nfor (let row = 0; row >= 0; ) row += 1 / (row + 1);\n",
      );
      return generate(stage);
    },
  },
  {
    name: "memory at load",
    cause: "the module needs more memory than there is while it is loaded",
    evidence: [/memory|heap/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.append(
        "lib/distance.js",
        "\nconst table = [];\nfor (;;) table.push(Array.from({ length: 1e5 }, (_, at) => ({ at })));\n",
      );
      return generate(stage);
    },
  },
  {
    name: "broken addon",
    cause:
      "the native addon build/Release/levenshtein.node does not load (built for another machine)",
    evidence: [/levenshtein\.node|ELF|ERR_DLOPEN/u],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.files(
        { "build/Release/levenshtein.node": "MZ built for another system\n".repeat(40) },
        null,
      );
      await stage.append(
        "lib/distance.js",
        '\nmodule.exports.native = require("../build/Release/levenshtein.node");\n',
      );
      return generate(stage);
    },
  },
  {
    name: "require in an ES module",
    cause: "package.json says type module, and the sources are CommonJS",
    evidence: [/(?:require|module|exports) is not defined|ES module|ESM|"?type"?:? "?module/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.edit("package.json", '"private": true,', '"private": true, "type": "module",');
      return generate(stage);
    },
  },
  {
    name: "no exports",
    cause: "the package exports nothing: it is a script",
    evidence: [/export|nothing to test|function/iu, /\bno\b|nothing|none|without|\bnot\b/iu],
    async inject(stage) {
      await stage.files({
        "index.js": 'const names = ["a", "b"];\nfor (const name of names) name.toUpperCase();\n',
      });
      return generate(stage);
    },
  },
  {
    name: "main not built",
    cause: "main names dist/index.js, which is not there: the package was not built",
    evidence: [/\bdist\b|\bmain\b.{0,40}package\.json|package\.json.{0,40}\bmain\b/u],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.edit("package.json", '"main": "lib/index.js"', '"main": "dist/index.js"');
      return generate(stage);
    },
  },
  {
    name: "network at load",
    cause: "the module fetches its settings while it is loaded, and the sandbox has no network",
    evidence: [/network|fetch failed|ENETUNREACH|ECONNREFUSED|EAI_AGAIN|ENOTFOUND|socket/iu],
    async inject(stage) {
      await stage.example("interval-set");
      const text =
        'const answer = await fetch("http://192.0.2.10:8123/limits.json");\nexport const limits = await answer.json();\n';
      await stage.files({ "src/limits.js": text }, null);
      await stage.append("src/index.js", 'export { limits } from "./limits.js";\n');
      return generate(stage);
    },
  },
  {
    name: "log folder at load",
    cause: "the module opens /var/log/ledger/ledger.log while it is loaded, which it cannot",
    evidence: [/\/var\/log|ledger\.log|EROFS|EACCES|ENOENT|read-only/u],
    async inject(stage) {
      await stage.example("file-ledger");
      const text =
        '\nrequire("node:fs").appendFileSync("/var/log/ledger/ledger.log", "started\\n");\n';
      await stage.append("lib/ledger.js", text);
      return generate(stage);
    },
  },
  {
    name: "TypeScript syntax",
    cause: "src/currency.ts cannot be parsed",
    evidence: [/currency\.ts/u],
    async inject(stage) {
      await stage.example("money");
      await stage.edit(
        "src/currency.ts",
        "readonly decimals: number;",
        "readonly decimals:: number;",
      );
      return generate(stage);
    },
  },
];

/** Used in their order where one of the first set did not count. */
export const LOAD_RESERVE: readonly Fault[] = [
  {
    name: "newer Node wanted",
    cause: "the package refuses this Node: it wants 99",
    evidence: [/Node(?:\.js)?,? (?:>= ?)?99/u],
    async inject(stage) {
      await stage.example("text-toolkit");
      const check =
        '\nif (Number(process.versions.node.split(".")[0]) < 99) throw new Error("text-toolkit needs Node 99");\n';
      await stage.append("lib/index.js", check);
      return generate(stage);
    },
  },
  {
    name: "path alias",
    cause: "src/text.ts imports @/currency, an alias that only the compiler knows",
    evidence: [/@\/currency/u],
    async inject(stage) {
      await stage.example("money");
      await stage.edit("src/text.ts", '"./currency.ts"', '"@/currency"');
      await stage.edit(
        "tsconfig.json",
        '"strict": true,',
        '"strict": true, "paths": { "@/*": ["./src/*.ts"] },',
      );
      return generate(stage);
    },
  },
  {
    name: "missing own file",
    cause: "src/index.js imports ./parser.js, which is not there",
    evidence: [/parser\.js/u],
    async inject(stage) {
      await stage.example("interval-set");
      await stage.edit("src/index.js", '"./parse.js"', '"./parser.js"');
      return generate(stage);
    },
  },
  {
    name: "no manifest",
    cause: "the folder has no package.json",
    evidence: [/package\.json/u],
    async inject(stage) {
      await stage.files({ "index.js": "exports.double = (n) => n * 2;\n" }, null);
      return generate(stage);
    },
  },
  {
    name: "no such export",
    cause: "lib/naming.js has no export slugifyy",
    evidence: [/slugifyy/u],
    async inject(stage) {
      await stage.example("text-toolkit");
      return toInjected(await stage.regoose(toGenerate({}, ["lib/naming.js#slugifyy"])));
    },
  },
  {
    name: "unknown builtin",
    cause: "this Node has no node:ledger",
    evidence: [/node:ledger/u],
    async inject(stage) {
      await stage.example("interval-set");
      await stage.append("src/index.js", 'export { open } from "node:ledger";\n');
      return generate(stage);
    },
  },
  {
    name: "await that never settles",
    cause: "a top-level await of src/index.js never settles",
    evidence: [/await|settle|never|hang|hung|too long|did not (?:end|finish|load)|timed? ?out/iu],
    async inject(stage) {
      await stage.example("interval-set");
      await stage.append("src/index.js", "await new Promise(() => undefined);\n");
      return generate(stage);
    },
  },
  {
    name: "abort at load",
    cause: "the process is aborted (SIGABRT) while the module is loaded",
    evidence: [/SIGABRT|abort|crash|signal|core/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.append("lib/index.js", "\nprocess.abort();\n");
      return generate(stage);
    },
  },
  {
    name: "browser code",
    cause: "the module uses window, which Node has not",
    evidence: [/\bwindow\b/u],
    async inject(stage) {
      await stage.example("text-toolkit");
      await stage.append("lib/layout.js", "\nmodule.exports.columns = window.innerWidth / 8;\n");
      return generate(stage);
    },
  },
  {
    name: "import in CommonJS",
    cause: "lib/distance.cjs has import statements in a CommonJS file",
    evidence: [/import statement|outside a module|distance\.cjs/u],
    async inject(stage) {
      await stage.example("text-toolkit");
      const text = await readFile(join(stage.root, "lib", "distance.js"), "utf8");
      await stage.files(
        { "lib/distance.cjs": `import { ok } from "node:assert";\nok(true);\n${text}` },
        null,
      );
      await stage.edit("lib/index.js", '"./distance"', '"./distance.cjs"');
      return generate(stage);
    },
  },
  {
    name: "JSX",
    cause: "src/badge.jsx is JSX, which Node does not run",
    evidence: [/badge\.jsx|JSX/u],
    async inject(stage) {
      await stage.example("interval-set");
      const text = "export const Badge = ({ text }) => <b className='badge'>{text}</b>;\n";
      await stage.files({ "src/badge.jsx": text }, null);
      await stage.append("src/index.js", 'export { Badge } from "./badge.jsx";\n');
      return generate(stage);
    },
  },
  {
    name: "flood at load",
    cause: "the module writes 300 MB to stdout while it is loaded",
    evidence: [/output|stdout|flood|too much|bytes/iu],
    async inject(stage) {
      await stage.example("text-toolkit");
      const text = "x".repeat(100);
      await stage.append(
        "lib/index.js",
        `\nfor (let n = 0; n < 3e6; n += 1) require("node:fs").writeSync(1, "${text}\\n");\n`,
      );
      return generate(stage);
    },
  },
];
