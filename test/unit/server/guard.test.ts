import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/kernel/secret.ts";
import { requireLoopback, requireOwnHost, requireToken } from "../../../src/server/guard.ts";

describe("the guard of a server", () => {
  test.each(["127.0.0.1", "127.8.0.1", "::1", "localhost"])("listens on %s", (host) => {
    expect(() => {
      requireLoopback(host);
    }).not.toThrow();
  });

  test.each(["0.0.0.0", "::", "192.168.1.4", "example.org", "", "::ffff:10.0.0.1"])(
    "does not listen on %s",
    (host) => {
      expect(() => {
        requireLoopback(host);
      }).toThrow(/not an address of this machine alone/u);
    },
  );

  test.each(["localhost:1", "LOCALHOST", "127.0.0.1:80", "[::1]:80", "127.8.0.1:9"])(
    "answers under the name %s",
    (header) => {
      expect(() => {
        requireOwnHost(header, "127.8.0.1");
      }).not.toThrow();
    },
  );

  test.each([undefined, "", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80"])(
    "does not answer under the name %s",
    (header) => {
      expect(() => {
        requireOwnHost(header, "127.0.0.1");
      }).toThrow(/this server is not/u);
    },
  );

  test("takes its own token alone", () => {
    const token = new Secret("right-token");
    expect(() => {
      requireToken("Bearer right-token", token);
    }).not.toThrow();
    for (const header of [undefined, "", "right-token", "Basic right-token", "Bearer right-toke"]) {
      expect(() => {
        requireToken(header, token);
      }).toThrow(/no token/u);
    }
  });
});
