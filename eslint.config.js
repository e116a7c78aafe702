import js from "@eslint/js";
import tseslint from "typescript-eslint";

const CLOCK_AND_RANDOM = [
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: "Take randomness from kernel/random.ts.",
  },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: "Take time from kernel/clock.ts.",
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: "Take time from kernel/clock.ts.",
  },
];
const STREAMS = [
  {
    selector: "MemberExpression[object.name='process'][property.name=/^(stdout|stderr)$/]",
    message: "Only cli/ writes to the terminal; log through ports/telemetry.ts.",
  },
];
const ENVIRONMENT = [
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: "Only config/ reads the environment.",
  },
];

export default tseslint.config(
  {
    ignores: [
      "dist/",
      "coverage/",
      "node_modules/",
      "test/fixtures/",
      "test/corpus/modules/",
      "examples/",
      ".stryker-tmp/",
      "bench/results/",
      "bench/.work/",
    ],
  },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-unnecessary-condition": [
        "error",
        { allowConstantLoopConditions: true },
      ],
      "max-lines": ["error", { max: 400, skipBlankLines: false, skipComments: false }],
    },
  },
  {
    files: ["src/**/*.ts"],
    rules: {
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "no-console": "error",
      "no-restricted-syntax": ["error", ...CLOCK_AND_RANDOM, ...ENVIRONMENT, ...STREAMS],
    },
  },
  {
    files: ["src/kernel/**/*.ts", "src/adapters/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", ...ENVIRONMENT, ...STREAMS] },
  },
  {
    files: ["src/config/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", ...CLOCK_AND_RANDOM, ...STREAMS] },
  },
  {
    files: ["src/cli/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", ...CLOCK_AND_RANDOM, ...ENVIRONMENT] },
  },
  {
    files: ["test/**/*.ts", "bench/**/*.ts", "scripts/**/*.ts"],
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "no-console": "off",
    },
  },
  {
    files: ["**/*.js", "**/*.mjs", "**/*.cjs"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        globalThis: "readonly",
        URL: "readonly",
        Buffer: "readonly",
        require: "readonly",
        module: "writable",
      },
    },
  },
);
