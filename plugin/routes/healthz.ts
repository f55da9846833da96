/** `GET /healthz`: is the main job done? 503 where something that is configured does not work. */

import type { FastifyInstance } from 'fastify'
import type { Health } from '../../generated/types.ts'
import type { Access } from './token.ts'

export function registerHealthz(scope: FastifyInstance, health: () => Health): void {
  const config: { access: Access } = { access: 'health' }
  // Probes ask every few seconds; their requests are no news.
  scope.get('/healthz', { logLevel: 'warn', config }, (_, reply) => {
    const report = health()
    return reply
      .code(report.status === 'ok' ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(report)
  })
}
