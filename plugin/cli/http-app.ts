/** The application of `sysmon serve`: how long it waits for requests, and what it says to bad ones. */

import { METHODS } from 'node:http'
import type { Socket } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import type { Logger } from 'pino'
import { NoRouteError, quoted } from '../errors.ts'
import { UI_PATH } from '../routes/built-page.ts'
import { guardOrigin } from '../routes/origin.ts'
import { handleErrors } from '../routes/send-error.ts'
import type { SysmonOptions } from '../types.ts'

/** A request from its first byte to its last; bodies have a bound of their own (routes/body-reader.ts). */
const REQUEST_TIMEOUT_MS = 30_000
const HEADERS_TIMEOUT_MS = 10_000
/** Between two looks at who takes too long. */
const CHECK_INTERVAL_MS = 5000

/** What Node says of a request that it cannot read, as a status and a sentence. */
const BAD_REQUESTS: Record<string, readonly [string, string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request did not come in time'],
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'the headers are larger than 16 KB: send fewer or shorter ones',
  ],
}
const MALFORMED = ['400 Bad Request', 'this is no HTTP/1.1 request'] as const

/**
 * In place of Fastify's own compilers of schemas (Ajv, fast-json-stringify), which it loads with every
 * application: a tenth of a start, and 2 MB. Our routes bring validators that are compiled already
 * (routes/validation.ts), and serialise what they send.
 */
const NO_COMPILERS = { buildValidator: noCompiler, buildSerializer: noCompiler }

function noCompiler(): never {
  throw new Error('sysmon serve compiles no schemas: a route of its own must do without one')
}

/** As of the plugin's options. */
type Access = Pick<SysmonOptions, 'allowedHosts' | 'allowedOrigins' | 'prefix' | 'ui'>

export function createHttpApp(loggerInstance: Logger, options: Access): FastifyInstance {
  const app = Fastify({
    loggerInstance,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
    },
    frameworkErrors: (error, _, reply: FastifyReply) =>
      reply.code(error.statusCode ?? 400).send({ message: quoted(error.message) }),
    clientErrorHandler: refuse,
    schemaController: { compilersFactory: NO_COMPILERS },
  }) as unknown as FastifyInstance
  // All that Node knows, so that the routes can answer 405 to them.
  for (const method of METHODS) {
    if (!app.supportedMethods.includes(method)) app.addHttpMethod(method)
  }
  app.register(async scope => leadToPage(app, scope, options))
  app.register(async scope => answerTheRest(app, scope, options))
  return app
}

/** Where the page for people is; undefined where there is none, or its prefix has parameters. */
export function uiPathOf({ ui, prefix = '' }: SysmonOptions): string | undefined {
  return ui === true && !prefix.includes(':') ? prefix.replace(/\/$/, '') + UI_PATH : undefined
}

/** A person types the address only. */
function leadToPage(app: FastifyInstance, scope: FastifyInstance, options: Access): void {
  const page = uiPathOf(options)
  if (page === undefined) return
  handleErrors(scope, app)
  guardOrigin(scope, options)
  scope.get('/', (request, reply) => {
    // `*` comes here, too.
    if (!/^\/(?:\?|$)/.test(request.url)) throw new NoRouteError(quoted(request.url))
    return reply.redirect(page)
  })
}

/** What is asked of paths that there are not: before it is said, who asks is looked at as everywhere. */
function answerTheRest(app: FastifyInstance, scope: FastifyInstance, options: Access): void {
  handleErrors(scope, app)
  guardOrigin(scope, options)
  // In onRequest: no body is waited for.
  scope.addHook('onRequest', async request => {
    throw new NoRouteError(quoted(request.url))
  })
  scope.setNotFoundHandler(() => {})
}

function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, message] = BAD_REQUESTS[error.code ?? ''] ?? MALFORMED
  const body = JSON.stringify({ message })
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`
  )
}
