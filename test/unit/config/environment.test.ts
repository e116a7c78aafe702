import { homedir } from "node:os";
import { describe, expect, test } from "vitest";
import { readEnvironment, readSecretValues } from "../../../src/config/environment.ts";

describe("the environment", () => {
  test("is quiet when nothing is set", () => {
    expect(readEnvironment({})).toEqual({
      isCi: false,
      isColorDisabled: false,
      isColorForced: false,
      initCwd: null,
      homeFolder: homedir(),
      configFolder: `${homedir()}/.config`,
      stateFolder: `${homedir()}/.local/state`,
      columns: null,
      telemetry: { isOff: false, levels: "", toStderr: false, collector: null },
      settings: {},
      usual: {},
      configSnapshot: null,
    });
  });

  test("says what is logged, and these variables are no settings of a run", () => {
    const read = readEnvironment({
      REGOOSE_LOG: "info,search=debug",
      REGOOSE_LOG_TO: "stderr",
      REGOOSE_TELEMETRY: "off",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318",
      OTEL_EXPORTER_OTLP_CERTIFICATE: "/all.pem",
      OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: "/traces.pem",
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: "/own.pem",
      REGOOSE_SEED: "7",
    });
    expect(read.telemetry).toEqual({
      isOff: true,
      levels: "info,search=debug",
      toStderr: true,
      collector: {
        endpoint: "http://localhost:4318",
        authorities: "/traces.pem",
        certificate: "/own.pem",
        key: null,
      },
    });
    expect(read.settings).toEqual({ REGOOSE_SEED: "7" });
    expect(readEnvironment({ REGOOSE_TELEMETRY: "on" }).telemetry.isOff).toBe(false);
  });

  test("knows secrets by their names", () => {
    const secrets = readSecretValues({
      GITHUB_TOKEN: "a",
      AWS_SECRET_ACCESS_KEY: "b",
      DB_PASSWORD: "c",
      OPENAI_API_KEY: "d",
      OTEL_EXPORTER_OTLP_HEADERS: "e",
      NPM_CONFIG__AUTH: "f",
      EMPTY_TOKEN: "",
      HOME: "/root",
      PATH: "/bin",
    });
    expect(secrets).toEqual(["a", "b", "c", "d", "e", "f"]);
  });

  test.each([
    [{ CI: "true" }, true],
    [{ CI: "1" }, true],
    [{ CI: "false" }, false],
    [{ CI: "0" }, false],
    [{ GITHUB_ACTIONS: "true" }, true],
    [{ GITLAB_CI: "yes" }, true],
  ])("sees CI in %j", (variables, isCi) => {
    expect(readEnvironment(variables).isCi).toBe(isCi);
  });

  test("follows NO_COLOR, a dumb terminal and FORCE_COLOR", () => {
    expect(readEnvironment({ NO_COLOR: "1" }).isColorDisabled).toBe(true);
    expect(readEnvironment({ NO_COLOR: "" }).isColorDisabled).toBe(false);
    expect(readEnvironment({ TERM: "dumb" }).isColorDisabled).toBe(true);
    expect(readEnvironment({ FORCE_COLOR: "0" }).isColorDisabled).toBe(true);
    expect(readEnvironment({ FORCE_COLOR: "false" }).isColorForced).toBe(false);
    const forced = readEnvironment({ FORCE_COLOR: "1", NO_COLOR: "1" });
    expect([forced.isColorForced, forced.isColorDisabled]).toEqual([true, false]);
  });

  test("finds folders, columns and settings", () => {
    const environment = readEnvironment({
      HOME: "/home/someone",
      XDG_CONFIG_HOME: "/xdg",
      INIT_CWD: "/where/typed",
      COLUMNS: "120",
      REGOOSE_SEED: "7",
      REGOOSE_OUT: "",
      OTHER: "x",
    });
    expect(environment).toMatchObject({
      homeFolder: "/home/someone",
      configFolder: "/xdg",
      initCwd: "/where/typed",
      columns: 120,
      settings: { REGOOSE_SEED: "7" },
    });
  });

  test("ignores a relative XDG folder and a nonsensical width", () => {
    const environment = readEnvironment({ HOME: "/h", XDG_CONFIG_HOME: "rel", COLUMNS: "wide" });
    expect(environment.configFolder).toBe("/h/.config");
    expect(readEnvironment({ XDG_STATE_HOME: "rel", HOME: "/h" }).stateFolder).toBe(
      "/h/.local/state",
    );
    expect(readEnvironment({ XDG_STATE_HOME: "/state" }).stateFolder).toBe("/state");
    expect(environment.columns).toBeNull();
    expect(readEnvironment({ COLUMNS: "-4" }).columns).toBeNull();
  });

  test("reads the process by default", () => {
    expect(readEnvironment().homeFolder).not.toBe("");
  });
});
