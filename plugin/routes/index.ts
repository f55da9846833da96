/**
 * The routes, in a scope of their own: validator, content-type parsers and error handler below are
 * theirs and do not leak into the host application, nor the host's into them.
 */

import { isIP } from 'node:net'
import fastifySse from '@fastify/sse'
import type {
  FastifyError,
  FastifyInstance,
  FastifyPluginAsync,
  FastifyReply,
  FastifyRequest,
} from 'fastify'
import { parameters } from '../../generated/schemas.ts'
import type { Health } from '../../generated/types.ts'
import { ForeignOriginError } from '../errors.ts'
import type { ResolvedOptions } from '../options.ts'
import { describeErrors } from '../schema.ts'
import type { Archive } from '../stream/archive.ts'
import type { Publisher } from '../stream/publisher.ts'
import type { EventStream } from '../stream/stream.ts'
import { registerHealthz } from './healthz.ts'
import { registerIngest } from './ingest.ts'
import { acceptOnlyJson } from './json-body.ts'
import { sendPage, wantsJson } from './page.ts'
import { registerSpec } from './spec.ts'
import { SseStreams } from './sse.ts'
import { registerTelemetry } from './telemetry.ts'
import { validatorCompiler } from './validation.ts'

export interface RoutesOptions {
  readonly options: ResolvedOptions
  readonly stream: EventStream
  readonly publisher: Publisher
  /** Where events are that are no longer retained here. */
  readonly archive: () => Archive | undefined
  readonly health: () => Health
}

export async function routes(scope: FastifyInstance, deps: RoutesOptions): Promise<void> {
  const { options, stream, publisher, archive, health } = deps
  acceptOnlyJson(scope)
  scope.setValidatorCompiler(validatorCompiler)
  scope.setSchemaErrorFormatter((errors, part) => {
    const root = part === 'querystring' ? 'query' : part
    return new Error(describeErrors(errors as Parameters<typeof describeErrors>[0], root))
  })
  scope.setErrorHandler(sendError)
  if (options.allowedOrigins.length > 0) answerPreflight(scope, options.allowedOrigins)
  scope.addHook('onRequest', refuseForeignOrigin(options.allowedOrigins))
  // Its types describe an ES module; it is CommonJS, and what it exports is the plugin itself.
  await scope.register(fastifySse as unknown as FastifyPluginAsync)
  scope.addHook('onRoute', route => {
    route.bodyLimit ??= options.bodyLimit
  })

  const streams = new SseStreams(stream, options)
  // preClose, because app.close() waits for open responses before it comes to onClose.
  scope.addHook('preClose', () => streams.close())

  registerIngest(scope, publisher)
  // No HEAD routes here: they would open a stream and throw its events away.
  scope.get(
    '/telemetry/events',
    {
      schema: { querystring: parameters.readEvents.querystring },
      sse: { kind: 'manual', heartbeat: false },
      exposeHeadRoute: false,
    },
    (request, reply) =>
      wantsJson(request.headers.accept)
        ? sendPage(request, reply, { stream, archive })
        : streams.open(request, reply)
  )
  scope.get(
    '/telemetry/stream',
    {
      schema: { querystring: parameters.streamEvents.querystring },
      sse: { kind: 'only', heartbeat: false },
      exposeHeadRoute: false,
    },
    (request, reply) => streams.open(request, reply)
  )
  registerTelemetry(scope, stream, publisher)
  registerSpec(scope)
  registerHealthz(scope, health)
}

/** Every error is `{"message": "..."}`, with `detail` where the message alone does not say what to mend. */
function sendError(
  error: FastifyError & { detail?: string },
  request: FastifyRequest,
  reply: FastifyReply
): FastifyReply {
  const status = error.statusCode ?? 500
  if (status >= 500 && status !== 503) request.log.error({ err: error }, 'request failed')
  let { message } = error
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    message = `the body is larger than ${request.routeOptions.bodyLimit} bytes: send less data in one event`
  } else if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    message = 'the body must be JSON: send it with content-type: application/json'
  } else if (error.code === 'FST_ERR_CTP_EMPTY_JSON_BODY') {
    message = 'the body is empty: send a JSON object'
  } else if (status >= 500 && status !== 503) {
    message = 'internal error: see the log of the server'
  }
  return reply
    .code(status)
    .send({ message, ...(error.detail === undefined ? {} : { detail: error.detail }) })
}

/**
 * Browsers let any page send a simple request to a server on this machine; they name its origin.
 * Such requests may read nothing, but must not write events either.
 */
function refuseForeignOrigin(allowed: readonly string[]) {
  return async (request: FastifyRequest): Promise<void> => {
    const { origin } = request.headers
    if (origin === undefined || request.method === 'GET' || request.method === 'HEAD') return
    if (allowed.includes(origin)) return
    if (isOwnOrigin(origin, request.headers.host)) return
    throw new ForeignOriginError(origin)
  }
}

/**
 * A page that this server itself gave. By its address or as localhost only: any other name may be
 * somebody's who lets it resolve to this machine (DNS rebinding).
 */
function isOwnOrigin(origin: string, host: string | undefined): boolean {
  if (!URL.canParse(origin)) return false
  const url = new URL(origin)
  const name = url.hostname.replace(/^\[|\]$/g, '')
  return url.host === host && (name === 'localhost' || isIP(name) !== 0)
}

/**
 * A page of an allowed origin asks before it posts JSON, and reads answers only with leave
 * (https://fetch.spec.whatwg.org/#http-cors-protocol). For our own paths only: @fastify/cors would
 * answer for every path of the host, and cannot be beside the host's own.
 */
function answerPreflight(scope: FastifyInstance, allowed: readonly string[]): void {
  scope.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers
    if (origin === undefined || !allowed.includes(origin)) return
    reply.header('access-control-allow-origin', origin)
    reply.header('access-control-expose-headers', 'x-has-more, x-next-offset')
    reply.header('vary', 'origin')
  })
  for (const url of ['/telemetry', '/telemetry/events', '/telemetry/stream']) {
    scope.options(url, (_, reply) =>
      reply
        .code(204)
        .header('access-control-allow-methods', 'GET, POST, PUT, PATCH')
        .header('access-control-allow-headers', 'content-type, last-event-id')
        .header('access-control-max-age', '600')
        .send()
    )
  }
}
