/** Of the host's own settings those that end event streams: named when the plugin is registered. */

import type { FastifyBaseLogger, FastifyInstance } from 'fastify'

/** A stream is silent for so much longer than `keepAlive` at most: one timer serves all of them. */
const LATEST = 1.1

export function warnOfTimeouts(
  { initialConfig }: FastifyInstance,
  keepAlive: number,
  log: FastifyBaseLogger
): void {
  const { connectionTimeout = 0 } = initialConfig
  if (connectionTimeout === 0 || connectionTimeout > keepAlive * LATEST) return
  const below = Math.max(10, Math.floor(connectionTimeout / 2))
  log.warn(
    { connectionTimeout, keepAlive },
    `connectionTimeout of the application cuts event streams, which are silent for up to keepAlive: set the option keepAlive to ${below}, or connectionTimeout above ${Math.ceil(keepAlive * LATEST)}`
  )
}
