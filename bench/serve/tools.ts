/** What this bench reads of a run, as `GET /api/v1/runs/ID` gives it. */
export interface Job {
  readonly id: string;
  readonly status: string;
  readonly error: { readonly code: string } | null;
}

interface Address {
  readonly url: string;
  readonly token: string;
}

/** Asks the server; a body makes it a POST. */
export async function askJson(
  { url, token }: Address,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(`${url}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

/** Those of the open runs that have ended by now. */
export async function listEnds(
  server: Address,
  open: ReadonlySet<string>,
): Promise<readonly Job[]> {
  const ended: Job[] = [];
  let cursor = "";
  // Newest first: whatever is open stands among the newest of its kind, a few pages at most.
  for (let seen = 0; seen < open.size + 200; seen += 200) {
    const page = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await askJson(server, `/api/v1/runs?limit=200${page}`);
    const body = answer.body as {
      readonly runs: readonly Job[];
      readonly nextCursor: string | null;
    };
    ended.push(
      ...body.runs.filter(
        ({ id, status }) => open.has(id) && !["queued", "running"].includes(status),
      ),
    );
    if (body.nextCursor === null) break;
    cursor = body.nextCursor;
  }
  return ended;
}

/** Quantile of a list, 0 to 1; NaN of none. */
export function toQuantile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
