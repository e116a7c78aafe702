/** Holds the layer table of ARCHITECTURE.md (DESIGN section 4). */
const FEATURES = [
  "analysis",
  "search",
  "model",
  "languages",
  "admission",
  "emission",
  "execution",
  "orchestration",
  "fleet",
  "reporting",
  "telemetry",
  "experiments",
];

const featureRule = (feature) => ({
  name: `${feature}-meets-others-through-ports`,
  severity: "error",
  comment: "Features meet through ports and contract; only app wires them.",
  from: { path: `^src/${feature}/` },
  to: { path: `^src/(?!${feature}/|kernel/|contract/|ports/)` },
});

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "kernel-imports-builtins",
      severity: "error",
      from: { path: "^src/kernel/" },
      to: { pathNot: "^src/kernel/", dependencyTypesNot: ["core"] },
    },
    {
      name: "contract-imports-kernel",
      severity: "error",
      from: { path: "^src/contract/" },
      to: { path: "^src/(?!contract/|kernel/)" },
    },
    {
      name: "ports-import-contract",
      severity: "error",
      from: { path: "^src/ports/" },
      to: { path: "^src/(?!ports/|contract/|kernel/)" },
    },
    ...FEATURES.map(featureRule),
    {
      name: "adapters-implement-ports",
      severity: "error",
      from: { path: "^src/adapters/" },
      to: { path: "^src/(?!adapters/|ports/|contract/|kernel/)" },
    },
    {
      name: "only-edges-import-app",
      severity: "error",
      from: { path: "^src/(?!cli/|server/|app/|index\\.ts)" },
      to: { path: "^src/app/" },
    },
    {
      name: "nobody-imports-edges",
      severity: "error",
      from: { path: "^src/(?!cli/)" },
      to: { path: "^src/cli/" },
    },
    {
      name: "telemetry-packages-stay-lazy",
      severity: "error",
      comment:
        "A command that runs nothing must not load them: only src/telemetry may, and app imports that on demand.",
      from: { path: "^src/(?!telemetry/)" },
      to: { path: "node_modules/(pino|prom-client|@opentelemetry)/" },
    },
    {
      name: "telemetry-opens-lazily",
      severity: "error",
      from: { path: "^src/(?!telemetry/)" },
      to: {
        path: "^src/telemetry/(open-telemetry|logs/|metrics/|tracing/otlp)",
        dependencyTypesNot: ["dynamic-import", "type-only"],
      },
    },
    {
      name: "only-cli-starts-the-server",
      severity: "error",
      from: { path: "^src/(?!cli/|server/)" },
      to: { path: "^src/server/" },
    },
    {
      name: "not-to-dev-dep",
      severity: "error",
      from: { path: "^src/" },
      // An optional peer is here for the tests; the rule below says who may load it.
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["npm-peer"] },
    },
    {
      name: "optional-peer-stays-in-its-process",
      severity: "error",
      comment:
        "Native code that may crash, and that few have installed: the process of a model loads it.",
      from: { path: "^src/", pathNot: "^src/adapters/llm/wire/gguf/gguf-main\\.ts$" },
      to: { path: "node_modules/node-llama-cpp/", dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: [".ts", ".js"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
