import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import type { DoctorCheck } from "../app/check.ts";
import type { ServerMetrics } from "../app/serve/server-metrics.ts";
import type { Job } from "../contract/job.ts";
import type { Clock } from "../kernel/clock.ts";
import type { ConfigService } from "./config-service.ts";
import { createNotTaking } from "./errors.ts";
import type { EventFeed } from "./event-feed.ts";
import { streamFeed } from "./event-stream.ts";
import type { HealthChecks } from "./health.ts";
import type { JobService } from "./job-service.ts";
import { readKey, readListQuery, readSubmission } from "./request-schema.ts";
import { readAnswer } from "./run-command.ts";
import type { Triggers } from "./triggers/start-triggers.ts";

export interface RouteDeps {
  readonly clock: Clock;
  readonly service: JobService;
  readonly config: ConfigService;
  readonly health: HealthChecks;
  /** The numbers of this moment, in the text that an `Accept` header asks for. */
  readonly scrape: ServerMetrics["print"];
  readonly breakers: () => Promise<DoctorCheck>;
  readonly triggers: Pick<Triggers, "view" | "checks">;
}

/** Answered without a token: they say whether the server lives and nothing else. */
export const OPEN_PATHS: ReadonlySet<string> = new Set(["/livez", "/readyz", "/startupz"]);

/** Each stream keeps a socket and a buffer. */
const MOST_STREAMS = 64;

/** Routes of `/api/v1`. */
export function addApiRoutes(app: FastifyInstance, { clock, service, config }: RouteDeps): void {
  let streams = 0;
  const stream = async (
    feed: EventFeed,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> => {
    if (streams >= MOST_STREAMS) throw createNotTaking("too many streams are being followed");
    streams += 1;
    try {
      reply.hijack();
      await streamFeed(clock, feed, reply.raw, toLastId(request));
    } finally {
      streams -= 1;
    }
  };
  app.get("/api/v1/config", () => config.view());
  // HEAD would follow to the end and say nothing.
  app.get("/api/v1/config/events", { exposeHeadRoute: false }, (request, reply) =>
    stream(config.feed, request, reply),
  );
  app.post("/api/v1/runs", async (request, reply) => {
    const key = readKey(request.headers["idempotency-key"]);
    const job = await service.submit(await readSubmission(request.body), key);
    return reply.code(202).header("location", `/api/v1/runs/${job.id}`).send(toView(job));
  });
  app.get("/api/v1/runs", async (request) => {
    const { project, cursor, limit } = await readListQuery(request.query);
    const filter = { project: project ?? null, before: cursor ?? null };
    const jobs = service.list({ ...filter, limit: limit + 1 });
    const page = jobs.slice(0, limit);
    return {
      runs: page.map(toView),
      nextCursor: jobs.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  });
  app.get("/api/v1/runs/:id", async (request) => {
    const job = service.get(toId(request));
    return { ...toView(job), envelope: readAnswer(await service.answerOf(job.id)) };
  });
  app.post("/api/v1/runs/:id/cancel", async (request, reply) =>
    reply.code(202).send(toView(await service.cancel(toId(request)))),
  );
  app.get("/api/v1/runs/:id/events", { exposeHeadRoute: false }, (request, reply) =>
    stream(service.feedOf(toId(request)), request, reply),
  );
}

/** Routes by which others see how the server is. */
export function addHealthRoutes(
  app: FastifyInstance,
  { service, config, health, breakers, scrape, triggers }: Omit<RouteDeps, "clock">,
): void {
  app.get("/livez", () => ({ status: "alive" }));
  app.get("/startupz", (_request, reply) =>
    toState(reply, toStatus(service, health), service.state !== "starting" && health.isGood()),
  );
  app.get("/readyz", (_request, reply) =>
    toState(reply, toStatus(service, health), service.state === "taking" && health.isGood()),
  );
  app.get("/health", async (_request, reply) => {
    const { ready, checks, checkedAt } = await health.ask();
    const isReady = ready && service.state === "taking";
    const answer = { ready: isReady, state: service.state, checkedAt };
    // What the configuration is like is at hand, and never as old as what was looked at.
    const all = [...config.checks(), ...checks, await breakers(), ...triggers.checks()];
    return reply
      .code(isReady ? 200 : 503)
      .send({ ...answer, checks: all, triggers: triggers.view() });
  });
  app.get("/metrics", async (request, reply) => {
    const { contentType, text } = await scrape(request.headers.accept);
    return reply.type(contentType).send(text);
  });
}

function toState(reply: FastifyReply, status: string, isGood: boolean): FastifyReply {
  return reply.code(isGood ? 200 : 503).send({ status });
}

/** A server that takes runs says what is more important: that it lacks something. `/health` has what. */
function toStatus({ state }: JobService, health: HealthChecks): string {
  return state === "taking" && !health.isGood() ? "unmet" : state;
}

/** What a client sees of a run. */
function toView({ id, status, request, submittedAt, startedAt, endedAt, ...job }: Job): object {
  const { runId, isCancelAsked, error } = job;
  return { id, status, ...request, runId, submittedAt, startedAt, endedAt, isCancelAsked, error };
}

function toId(request: FastifyRequest): string {
  return (request.params as { readonly id: string }).id;
}

/** The standard says: what cannot be read as one of our ids counts as none. */
function toLastId(request: FastifyRequest): number | null {
  const header = request.headers["last-event-id"];
  const id = typeof header === "string" && /^\d{1,15}$/u.test(header) ? Number(header) : null;
  return id;
}
