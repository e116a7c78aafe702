import { z } from "zod";

import type { DoctorCheck } from "../app/check.ts";
import { readAnnouncement, toStateFolder } from "../app/serve/announcement.ts";
import { toMessage } from "../kernel/errors.ts";

/** Trying the sandboxes may take some seconds. */
const ANSWER_LIMIT_MS = 20_000;

const healthSchema = z.object({
  state: z.string(),
  checks: z.array(
    z.object({
      name: z.string(),
      status: z.enum(["ok", "warning", "problem"]),
      detail: z.string(),
      fix: z.string().nullable(),
    }),
  ),
});

/**
 * Asks a running server how it is. Its token comes from the state folder, and goes to nobody but the server that
 * left it there; others are only asked whether they are ready.
 */
export async function askHealth(
  url: string,
  options: { readonly stateFolder: string | null; readonly signal: AbortSignal },
): Promise<readonly DoctorCheck[]> {
  const base = url.replace(/\/+$/u, "");
  const known = await readAnnouncement(toStateFolder(options.stateFolder));
  const token = known?.url === base ? known.token : null;
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]);
  try {
    if (token === null) {
      const response = await fetch(`${base}/readyz`, { signal });
      return [toServerCheck(base, response.ok ? "taking" : "not ready")];
    }
    const headers = { authorization: `Bearer ${token.reveal()}` };
    const response = await fetch(`${base}/health`, { signal, headers });
    const { state, checks } = healthSchema.parse(await response.json());
    return [toServerCheck(base, state), ...checks];
  } catch (failure) {
    options.signal.throwIfAborted();
    return [toServerCheck(base, `not answering (${toMessage(failure)})`)];
  }
}

const FIXES: Readonly<Record<string, string>> = {
  held: "remove the cause that the trigger below names; the work goes on by itself",
};

function toServerCheck(url: string, state: string): DoctorCheck {
  const isTaking = state === "taking";
  return {
    name: "server",
    status: isTaking ? "ok" : "problem",
    detail: isTaking ? `${url} takes runs` : `${url} is ${state}`,
    fix: isTaking
      ? null
      : (FIXES[state] ?? "start it with `regoose serve`, or wait until it has started"),
  };
}
