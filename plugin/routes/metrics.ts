/** `GET /metrics`: for Prometheus, which asks as any other reader. */

import type { FastifyInstance } from 'fastify'
import type { ResolvedOptions } from '../options.ts'

export interface MetricsText {
  readonly contentType: string
  text(): Promise<string>
}

export function registerMetrics(scope: FastifyInstance, metrics: MetricsText): void {
  // It is asked every few seconds; that is no news.
  scope.get('/metrics', { logLevel: 'warn' }, async (_, reply) => {
    const text = await metrics.text()
    return reply.type(metrics.contentType).header('cache-control', 'no-store').send(text)
  })
}

/** A host that has a registry may have a route for it, too. */
export function isRouteWanted(option: ResolvedOptions['metrics']): boolean {
  return option === true || (option !== false && option.route !== false)
}
