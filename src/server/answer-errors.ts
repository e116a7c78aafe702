import type { FastifyInstance } from "fastify";

import { createNoSuchResource } from "./errors.ts";
import { toProblem } from "./problem.ts";

/** Makes whatever a route or a hook throws a problem document, with the status that the table of errors has. */
export function answerErrors(app: FastifyInstance, bodyLimitBytes: number): void {
  app.setErrorHandler((failure, request, reply) => {
    const problem = toProblem(failure, toPath(request.url), bodyLimitBytes);
    if (problem.retryAfterMs !== undefined) {
      reply.header("retry-after", String(Math.ceil(problem.retryAfterMs / 1_000)));
    }
    if (problem.status === 401) reply.header("www-authenticate", "Bearer");
    return reply.code(problem.status).type("application/problem+json").send(problem);
  });
  app.setNotFoundHandler((request) => {
    throw createNoSuchResource(toPath(request.url));
  });
}

function toPath(url: string): string {
  return url.split("?")[0] ?? "";
}
