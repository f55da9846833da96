/**
 * fastify-sysmon: out-of-memory kills and service crashes of this machine as one event stream.
 *
 * The outer plugin decorates the host application with `fastify.sysmon`; the routes live in an inner
 * scope, so that `prefix` and `logLevel` work and nothing of theirs leaks out.
 */

import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { InvalidOptionError } from './errors.ts'
import { warnOfTimeouts } from './host-timeouts.ts'
import { openMetrics } from './metrics/metrics.ts'
import { openPipeline } from './pipeline.ts'
import { resolveOptions } from './resolve-options.ts'
import { routes } from './routes/index.ts'
import { createSysmon } from './sysmon.ts'
import type { Sysmon, SysmonOptions } from './types.ts'

export type {
  BrowserEventType,
  CustomEvent,
  CustomEventTypes,
  EventCategory,
  EventEnvelope,
  EventOf,
  EventSource,
  Health,
  KnownEvent,
  MemoryPressureData,
  MetricsOptions,
  MetricsRegistry,
  OomKillData,
  PageCrashedData,
  ProcessCrashedData,
  PublishEventRequest,
  PublishInput,
  S2Options,
  ServiceCrashedData,
  SubscribeOptions,
  Sysmon,
  SysmonOptions,
  TelemetryEvent,
  TelemetryGapData,
  WebhookOptions,
} from './types.ts'

declare module 'fastify' {
  interface FastifyInstance {
    readonly sysmon: Sysmon
  }
}

/** pino's levels and the host's own; a logger that is off knows none and takes any of pino's. */
function isLevel(log: FastifyBaseLogger, level: string): boolean {
  const { levels } = log as { levels?: { values: Record<string, number> } }
  const own = levels !== undefined && Object.hasOwn(levels.values, level)
  return own || /^(?:fatal|error|warn|info|debug|trace|silent)$/.test(level)
}

async function plugin(fastify: FastifyInstance, given: SysmonOptions): Promise<void> {
  const options = resolveOptions(given, foreign => {
    fastify.log.warn(
      { plugin: 'fastify-sysmon', options: foreign },
      'options that are none of fastify-sysmon are ignored'
    )
  })
  const { prefix, logLevel } = options
  if (logLevel !== undefined && !isLevel(fastify.log, logLevel)) {
    throw new InvalidOptionError(
      'logLevel',
      `must be a level of the host's logger, not "${logLevel}"`
    )
  }
  const log = fastify.log.child(
    { plugin: 'fastify-sysmon' },
    logLevel === undefined ? {} : { level: logLevel }
  )
  warnOfTimeouts(fastify, options.keepAlive, log)
  // Before anything is opened, for it may fail.
  const metrics = await openMetrics(options.metrics)
  const pipeline = await openPipeline(options, log, (event, reporter) =>
    metrics?.count(event, reporter)
  )
  const { stream, publisher } = pipeline
  const sysmon = createSysmon(pipeline, log)
  fastify.decorate('sysmon', sysmon)
  let whyNotReady: string | undefined = 'the server is being started'
  metrics?.watch({
    health: sysmon.health,
    missedByReaders: () => stream.dropped,
    maxSseStreams: options.maxStreams,
  })
  // Before the routes' own preClose, which ends the streams: a last kill still reaches them.
  fastify.addHook('preClose', async () => {
    whyNotReady = 'the server is being stopped'
    pipeline.stopWatching()
  })
  // After the server's last request, which may still publish.
  fastify.addHook('onClose', async () => {
    await pipeline.close()
    metrics?.close()
  })
  await fastify.register(routes, {
    prefix,
    logLevel,
    host: fastify,
    options,
    stream,
    publisher,
    catchUp: () => pipeline.watcher?.catchUp(),
    archive: () => pipeline.sinks.archive,
    health: sysmon.health,
    whyNotReady: () => whyNotReady,
    metrics,
    stateDir: pipeline.stateDir,
  })
  fastify.addHook('onReady', async () => {
    await pipeline.start()
    whyNotReady = undefined
  })
}

export const sysmonPlugin = fp(plugin, { fastify: '5.x', name: 'fastify-sysmon' })
export default sysmonPlugin
