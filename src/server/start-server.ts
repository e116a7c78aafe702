import type { AddressInfo } from "node:net";
import { isIP } from "node:net";
import Fastify, { type FastifyInstance } from "fastify";

import type { ServerMetrics } from "../app/serve/server-metrics.ts";
import { openServerParts, type PartsOptions, type ServerParts } from "../app/serve/server-parts.ts";
import type { ServerValues } from "../config/server/server-keys.ts";
import type { Clock } from "../kernel/clock.ts";
import { DisposeStack } from "../kernel/dispose.ts";
import type { Logger } from "../ports/telemetry.ts";
import { RegooseError, toErrno } from "../kernel/errors.ts";
import type { Secret } from "../kernel/secret.ts";
import { answerErrors } from "./answer-errors.ts";
import { createBusyMeter } from "./busy-meter.ts";
import { createConfigService } from "./config-service.ts";
import { createAddressUnavailable } from "./errors.ts";
import { requireLoopback, requireOwnHost, requireToken } from "./guard.ts";
import { checkBreakers } from "./breaker-check.ts";
import { createHealth, type HealthChecks } from "./health.ts";
import { observeJobs } from "./job-observer.ts";
import { IDS_PER_EPOCH, JobService } from "./job-service.ts";
import { applyLiveKeys, toQueueLimits } from "./live-keys.ts";
import { observeRequests } from "./metrics.ts";
import { addHealthRoutes, addApiRoutes, OPEN_PATHS, type RouteDeps } from "./routes.ts";
import { createRunsBreaker } from "./triggers/runs-breaker.ts";
import type { Triggers } from "./triggers/start-triggers.ts";
import { watchServer } from "./triggers/watch-server.ts";

export interface ServerOptions extends Omit<PartsOptions, "writeStderr"> {
  /** Lines for the eyes of who started it. @defaultValue nobody */
  readonly onNotice?: (line: string) => void;
  /** Log lines with their end, where the environment asks for them on stderr. @defaultValue nobody */
  readonly onLog?: (text: string) => void;
}

/** A server that listens. */
export interface RunningServer {
  readonly url: string;
  readonly port: number;
  readonly token: Secret;
  /** Resolves when the runs of the last life of this server are taken up. */
  readonly recovered: Promise<void>;
  /**
   * Takes no more, stops what runs so that it can go on later (20 s at most), and closes. Idempotent. `why` is logged where
   * it is a defect.
   */
  stop(why?: unknown): Promise<void>;
}

const BODY_LIMIT_BYTES = 64 * 1024;
/** A request has to be there by then; answers may take as long as they need, ms. */
const REQUEST_LIMIT_MS = 10_000;
/** Streams and requests together; a client of one machine needs a few. */
const MOST_CONNECTIONS = 256;

/**
 * Starts the HTTP server of `regoose serve`, as its configuration and the flags have it.
 * @throws ConfigInvalid (RGS-2001), ConfigUnreadable (RGS-2002), AddressRefused (RGS-5001),
 * AddressUnavailable (RGS-5002), ServerRunning (RGS-5003)
 */
export async function startServer(clock: Clock, options: ServerOptions): Promise<RunningServer> {
  const { onNotice = nobody, onLog = nobody } = options;
  const owned = new DisposeStack();
  try {
    const parts = await openServerParts(clock, owned, { ...options, writeStderr: onLog });
    const { server } = parts.config.kept.loaded;
    requireLoopback(server.host);
    const log = parts.log.logger("server");
    const { app, service, config, triggers, health } = assemble(clock, owned, parts, onNotice);
    owned.defer(() => app.close());
    owned.defer(() => {
      config.feed.close();
    });
    await reportNeeds(health, log, onNotice);
    const port = await listen(app, server);
    const name = isIP(server.host) === 6 ? `[${server.host}]` : server.host;
    const url = `http://${name}:${String(port)}`;
    owned.defer(await parts.announce(url));
    log.info("the server listens", { url });
    const recovered = service.recover();
    // A rejection of it is the caller's to see, whenever he looks.
    const settled = recovered.catch(() => undefined);
    owned.defer(async () => {
      log.info("the server stops");
      // What is interrupted now is not silent.
      await triggers[Symbol.asyncDispose]();
      await service.stop();
      await settled;
    });
    return {
      url,
      port,
      token: parts.token,
      recovered,
      stop(why) {
        if (why instanceof RegooseError && why.errorClass === "defect")
          log.error(why.message, { code: why.code, hint: why.hint });
        return owned[Symbol.asyncDispose]();
      },
    };
  } catch (failure) {
    await owned[Symbol.asyncDispose]();
    throw failure;
  }
}

/** Puts the service, what it follows and what looks at it together; `owned` disposes what needs it. */
function assemble(
  clock: Clock,
  owned: DisposeStack,
  parts: ServerParts,
  onNotice: (line: string) => void,
): Pick<RouteDeps, "service" | "config"> & {
  readonly app: FastifyInstance;
  readonly triggers: Triggers;
  readonly health: HealthChecks;
} {
  const { journal, processes, handOver, token, metrics } = parts;
  const { server } = parts.config.kept.loaded;
  const meter = createBusyMeter(clock);
  const breaker = createRunsBreaker();
  const observer = observeJobs({ metrics, meter, breaker });
  const log = parts.log.logger("server");
  const logLevels = (): string => parts.config.runLog();
  const service = new JobService(
    { clock, journal, processes, handOver, logLevels, log, observer },
    toQueueLimits(server),
  );
  const config = createConfigService(
    {
      config: parts.config,
      log: parts.log.logger("config"),
      onNotice,
      onOutcome(outcome) {
        metrics.count("regoose_config_reloads_total", { outcome });
      },
      apply: (next) => {
        applyLiveKeys({ log: parts.log, service }, next);
      },
    },
    { firstId: journal.epoch * IDS_PER_EPOCH + 1 },
  );
  const health = createHealth(clock, () => parts.inspect());
  const places = (): number => toQueueLimits(parts.config.kept.loaded.server).concurrency;
  const watch = { ...parts, configuration: config, service, meter, breaker, places };
  const { sampler, triggers } = watchServer(watch, parts.rules);
  owned.use(triggers);
  const scrape: RouteDeps["scrape"] = async (accept) => {
    await sampler.sample();
    return metrics.print(accept);
  };
  const breakers = (): ReturnType<RouteDeps["breakers"]> => checkBreakers(metrics);
  const deps = { clock, service, config, health, breakers, scrape, triggers };
  return {
    app: createApp(deps, { token, host: server.host, metrics }),
    service,
    config,
    triggers,
    health,
  };
}

/** Looks, before anybody asks, whether there is what the configuration needs. What lacks keeps no server from starting. */
async function reportNeeds(
  health: HealthChecks,
  log: Logger,
  onNotice: (line: string) => void,
): Promise<void> {
  const { checks } = await health.ask();
  for (const { name, status, detail, fix } of checks) {
    if (status !== "problem") continue;
    log.error("what the configuration needs is not there", { check: name, detail, fix });
    onNotice(`not ready: ${name}: ${detail}`);
  }
}

const nobody = (): void => undefined;

function createApp(
  deps: RouteDeps,
  options: { readonly token: Secret; readonly host: string; readonly metrics: ServerMetrics },
): FastifyInstance {
  const { token, host, metrics } = options;
  const app = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_LIMIT_MS,
    forceCloseConnections: true,
  });
  app.server.maxConnections = MOST_CONNECTIONS;
  observeRequests(app, metrics);
  // Before the body is read: nobody without a token makes us do more than this.
  app.addHook("onRequest", (request, _reply, done) => {
    requireOwnHost(request.headers.host, host);
    if (!OPEN_PATHS.has(request.routeOptions.url ?? "")) {
      requireToken(request.headers.authorization, token);
    }
    done();
  });
  answerErrors(app, BODY_LIMIT_BYTES);
  addHealthRoutes(app, deps);
  addApiRoutes(app, deps);
  return app;
}

async function listen(
  app: FastifyInstance,
  { host, port }: Pick<ServerValues, "host" | "port">,
): Promise<number> {
  try {
    await app.listen({ host, port });
  } catch (failure) {
    if (toErrno(failure) === undefined) throw failure;
    throw createAddressUnavailable(`${host}:${String(port)}`, failure);
  }
  return (app.server.address() as AddressInfo).port;
}
