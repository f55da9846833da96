/**
 * What probes ask. `GET /livez`: does this process answer? `GET /readyz`: may it be asked? `GET /healthz`: is the
 * main job done? 503 where something that is configured does not work.
 */

import type { FastifyInstance } from 'fastify'
import type { Health, Liveness, Readiness } from '../../generated/types.ts'
import type { Access } from './token.ts'

export interface ProbesOptions {
  readonly health: () => Health
  /** Why no more may be asked of this server; undefined while it serves. */
  readonly whyNotReady: () => string | undefined
}

export function registerProbes(scope: FastifyInstance, options: ProbesOptions): void {
  const { health, whyNotReady } = options
  // Probes ask every few seconds; their requests are no news.
  const route = (access: Access) => ({ logLevel: 'warn', config: { access } }) as const

  // A kubelet asks from the node's address and without a token; both tell nothing but that.
  scope.get('/livez', route('open'), async (_, reply): Promise<Liveness> => {
    reply.header('cache-control', 'no-store')
    return { status: 'ok' }
  })
  scope.get('/readyz', route('open'), async (_, reply): Promise<Readiness> => {
    const reason = whyNotReady()
    reply.code(reason === undefined ? 200 : 503).header('cache-control', 'no-store')
    return reason === undefined ? { status: 'ok' } : { status: 'unready', reasons: [reason] }
  })
  scope.get('/healthz', route('health'), (_, reply) => {
    const report = health()
    return reply
      .code(report.status === 'ok' ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(report)
  })
}
