/**
 * Errors on our routes. Ours, and Fastify's about a request of ours, are `{"message": "..."}`, with `detail`
 * where the message alone does not say what to mend. What the host's own hooks throw goes to the host's
 * error handler, as on its own routes; where it has none, it gets our form, and the status that Fastify
 * itself would give it.
 */

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Seconds after which who was told that something is taken may try again. */
const RETRY_AFTER_S = 5

/** What is thrown may be anything; an error may have more, by the conventions of http-errors. */
interface Thrown {
  readonly code?: unknown
  readonly statusCode?: number
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly detail?: string
}

/** @param host where the plugin is registered */
export function handleErrors(scope: FastifyInstance, host: FastifyInstance): void {
  const inherited = scope.errorHandler
  scope.setErrorHandler<FastifyError | null | undefined>((error, request, reply) => {
    // The host may have set it since.
    const hosts = host.errorHandler
    if (isOurs(error) || hosts.name === 'defaultErrorHandler') {
      return sendError(error ?? undefined, request, reply)
    }
    if (hosts === inherited) throw error
    return hosts(error, request, reply)
  })
}

/** Codes of ours, and of Fastify's parsers and validation, which nobody but the routes' scope runs here. */
function isOurs(error: Thrown | null | undefined): boolean {
  return typeof error?.code === 'string' && /^FST_(?:SYSMON|ERR)_/.test(error.code)
}

function sendError(
  error: Thrown | undefined,
  request: FastifyRequest,
  reply: FastifyReply
): FastifyReply {
  const status = statusOf(error, reply)
  reply.code(status).headers(error?.headers ?? {})
  // A body of the host's own making, as @fastify/rate-limit throws one.
  if (typeof error === 'object' && !(error instanceof Error)) return reply.send(error)
  const isFault = status >= 500 && status !== 503
  if (isFault) request.log.error({ err: error }, 'request failed')
  if (status === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', RETRY_AFTER_S)
  const message = isFault ? 'internal error: see the log of the server' : wordsOf(error)
  return reply.send({ message, detail: error?.detail })
}

/** As Fastify's own error handler has it: the error's, else what the hook said with `reply.code()`. */
function statusOf(error: Thrown | undefined, reply: FastifyReply): number {
  const candidates = [error?.statusCode, error?.status, reply.statusCode]
  return candidates.find(status => status !== undefined && status >= 400 && status <= 599) ?? 500
}

/** For errors of Fastify's: what to mend, in place of what went wrong. */
function wordsOf(error: Thrown | undefined): string {
  if (error?.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return 'the body must be JSON: send it with content-type: application/json'
  }
  return error instanceof Error ? error.message : String(error)
}
