/**
 * Runs inside, as Jest's configuration file: the project's own configuration without anything that
 * chooses files, reports, measures, repeats, watches or stops early; what it writes goes to /tmp.
 */
export const JEST_CONFIG_CODE = `
const { createRequire } = require("node:module");
const { realpathSync } = require("node:fs");
const { join } = require("node:path");

const root = process.cwd();
const requireFromJest = (() => {
  const jest = createRequire(realpathSync(process.argv[1]));
  try {
    return createRequire(jest.resolve("jest-cli"));
  } catch {
    return jest;
  }
})();

const KEPT = [
  "automock", "clearMocks", "dependencyExtractor", "displayName", "extensionsToTreatAsEsm", "extraGlobals",
  "fakeTimers", "globals", "haste", "injectGlobals", "moduleDirectories", "moduleFileExtensions",
  "moduleNameMapper", "modulePathIgnorePatterns", "modulePaths", "prettierPath", "preset", "resetMocks",
  "resetModules", "resolver", "restoreMocks", "rootDir", "sandboxInjectedGlobals", "setupFiles",
  "setupFilesAfterEnv", "slowTestThreshold", "snapshotFormat", "snapshotResolver", "snapshotSerializers",
  "testEnvironmentOptions", "testTimeout", "timers", "transform", "transformIgnorePatterns",
  "unmockedModulePathPatterns",
];

const readOwn = async () => {
  try {
    const { readInitialOptions } = requireFromJest("jest-config");
    const { config } = await readInitialOptions(undefined, {
      packageRootOrConfig: root,
      skipMultipleConfigError: true,
    });
    return Array.isArray(config.projects) && typeof config.projects[0] === "object"
      ? { ...config, ...config.projects[0] }
      : config;
  } catch (failure) {
    if (!/Could not find a config file/u.test(String(failure))) {
      console.error("the project's Jest configuration could not be read: " + failure);
    }
    return {};
  }
};

const readPresetEnvironment = async () => {
  try {
    const { readConfig } = requireFromJest("jest-config");
    const { projectConfig } = await readConfig({}, root);
    return projectConfig.testEnvironment;
  } catch {
    return undefined;
  }
};

const resolveEnvironment = async (own) => {
  let name = own.testEnvironment;
  if (name === undefined && own.preset !== undefined) name = await readPresetEnvironment();
  name = (name ?? "node").replace("<rootDir>", own.rootDir ?? root);
  const requireFromRoot = createRequire(join(root, "package.json"));
  const requireFromConfig = createRequire(requireFromJest.resolve("jest-config"));
  for (const resolve of [requireFromRoot.resolve, requireFromConfig.resolve]) {
    for (const candidate of ["jest-environment-" + name, name]) {
      try {
        return resolve(candidate);
      } catch {
        // The next way of naming it.
      }
    }
  }
  return requireFromConfig.resolve("jest-environment-node");
};

module.exports = async () => {
  const own = await readOwn();
  process.env.REGOOSE_JEST_ENVIRONMENT = await resolveEnvironment(own);
  const kept = Object.fromEntries(
    KEPT.filter((key) => own[key] !== undefined).map((key) => [key, own[key]]),
  );
  const forExisting = settings.isWrittenSuite
    ? {}
    : { globalSetup: own.globalSetup, globalTeardown: own.globalTeardown };
  return {
    rootDir: root,
    ...kept,
    ...Object.fromEntries(Object.entries(forExisting).filter(([, value]) => value !== undefined)),
    roots: [root],
    testMatch: ["**/*"],
    testPathIgnorePatterns: [],
    testEnvironment: join(root, settings.folder, "environment.cjs"),
    reporters: [join(root, settings.folder, "reporter.cjs")],
    cacheDirectory: "/tmp/jest-cache",
    collectCoverage: false,
    bail: 0,
    watchman: false,
    forceExit: true,
  };
};
`;
