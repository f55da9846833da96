/**
 * What is asked of our paths by another method (405, with `Allow`), and of paths below them that are
 * no routes (404): answered here, in our form, whatever the host answers elsewhere.
 */

import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchema,
  HTTPMethods,
} from 'fastify'
import { NoRouteError, NotAllowedError, quoted } from '../errors.ts'
import type { Access } from './token.ts'

/** The paths of a scope, without its prefix, and the methods that they have. */
export type Methods = ReadonlyMap<string, ReadonlySet<HTTPMethods>>

/** No part of the API: they are in no document, neither ours nor the host's. */
const HIDDEN = { hide: true } as FastifySchema

/** They tell nobody anything. */
const OPEN: { access: Access } = { access: 'open' }

/** Notes the routes of a scope from here on. */
export function collectMethods(scope: FastifyInstance): Methods {
  const methods = new Map<string, Set<HTTPMethods>>()
  scope.addHook('onRoute', ({ routePath, method, schema }) => {
    if (schema === HIDDEN) return
    const known = methods.get(routePath) ?? new Set<HTTPMethods>()
    methods.set(routePath, known)
    for (const one of [method].flat()) known.add(one as HTTPMethods)
  })
  return methods
}

/** The last routes of a scope. */
export function answerOtherMethods(scope: FastifyInstance, methods: Methods): void {
  const all = scope.supportedMethods as HTTPMethods[]
  for (const [url, known] of methods) {
    const allow = [...known, 'OPTIONS'].sort().join(', ')
    // One route for all of them, OPTIONS too: a start registers half as many.
    const others = all.filter(method => method === 'OPTIONS' || !known.has(method))
    answer(scope, url, others, async (request, reply) => {
      reply.header('allow', allow)
      if (request.method !== 'OPTIONS') throw new NotAllowedError(request.method, allow)
      await reply.code(204).send()
    })
  }
  answer(scope, '/telemetry/*', all, async request => {
    throw new NoRouteError(quoted(request.url))
  })
}

/** In onRequest, after the hooks of the scope: no body is waited for. A route of the host's stays. */
function answer(
  scope: FastifyInstance,
  url: string,
  methods: readonly HTTPMethods[],
  onRequest: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
): void {
  const path = scope.prefix + url
  const method = methods.filter(one => !scope.hasRoute({ url: path, method: one }))
  if (method.length === 0) return
  scope.route({
    url,
    method,
    schema: HIDDEN,
    config: OPEN,
    exposeHeadRoute: false,
    onRequest: async (request, reply) => {
      await onRequest(request, reply)
    },
    handler: () => {},
  })
}
