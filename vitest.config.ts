import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/fixtures/**", "test/corpus/modules/**", "node_modules/**"],
    // Far above what any test takes: on a busy machine a sandbox alone may need seconds.
    testTimeout: 180_000,
    // On two processors Vitest would take one worker, and that one mostly waits for the commands that tests start.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    hookTimeout: 120_000,
    coverage: {
      provider: "custom",
      // V8's counts, of the processes that the tests start too.
      customProviderModule: "scripts/child-coverage/provider.ts",
      include: ["src/**/*.ts"],
      // A red test is no reason to keep quiet about the rest.
      reportOnFailure: true,
      reporter: ["text-summary", "json-summary", "html"],
      // The goal is 85 % of branches; what is measured lies above it, for the clock decides about some.
      thresholds: { branches: 85, statements: 92 },
    },
  },
});
