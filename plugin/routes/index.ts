/**
 * The routes, in a scope of their own: validator, content-type parsers and error handler are theirs
 * and do not leak into the host application, nor the host's into them.
 */

import fastifySse from '@fastify/sse'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Health } from '../../generated/types.ts'
import type { ResolvedOptions } from '../options.ts'
import type { Archive } from '../stream/archive.ts'
import type { Publisher } from '../stream/publisher.ts'
import type { EventStream } from '../stream/stream.ts'
import { openApiSocket } from './api-socket.ts'
import { BodyReader } from './body-reader.ts'
import { DOCS_PATH, registerBuiltPage, UI_PATH } from './built-page.ts'
import { registerEvents } from './events.ts'
import { registerExplain } from './explain.ts'
import { acceptOnlyJson } from './json-body.ts'
import { answerOtherMethods, collectMethods } from './methods.ts'
import { isRouteWanted, type MetricsText, registerMetrics } from './metrics.ts'
import { guardOrigin } from './origin.ts'
import { registerProbes } from './probes.ts'
import { handleErrors } from './send-error.ts'
import { registerSpec } from './spec.ts'
import { SseStreams } from './sse-streams.ts'
import { registerStream } from './stream.ts'
import { registerTelemetry } from './telemetry.ts'
import { guardToken } from './token.ts'
import { useOwnValidation } from './validation.ts'

export interface RoutesOptions {
  /** Where the plugin is registered. */
  readonly host: FastifyInstance
  readonly options: ResolvedOptions
  readonly stream: EventStream
  readonly publisher: Publisher
  /** Reads what was in the kernel log at the start, if any of it is not read yet. */
  readonly catchUp: () => void
  /** Where events are that are no longer retained here. */
  readonly archive: () => Archive | undefined
  readonly health: () => Health
  readonly whyNotReady: () => string | undefined
  /** Absent where none are wanted. */
  readonly metrics: (MetricsText & { openStreams: () => number }) | undefined
  /** Where the supervisor's socket is; held by this process alone. */
  readonly stateDir: string | undefined
}

export async function routes(scope: FastifyInstance, deps: RoutesOptions): Promise<void> {
  const { host, options, stream, publisher, catchUp, archive, health, whyNotReady } = deps
  const { metrics, stateDir } = deps
  const methods = collectMethods(scope)
  handleErrors(scope, host)
  guardOrigin(scope, options)
  guardToken(scope, options)
  // The server listens before it has read the kernel log. Nobody sees that: not who asks at once what was
  // killed while no server ran, nor a supervisor that reports what died by it.
  scope.addHook('onRequest', (_request, _reply, done) => {
    catchUp()
    done()
  })
  if (scope.hasDecorator('swagger')) {
    const { describeForHost } = await import('./host-document.ts')
    describeForHost(scope, options.hideRoutes)
  }
  const reader = new BodyReader()
  acceptOnlyJson(scope, reader)
  useOwnValidation(scope)
  // Its types describe an ES module; it is CommonJS, and what it exports is the plugin itself.
  await scope.register(fastifySse as unknown as FastifyPluginAsync)
  scope.addHook('onRoute', route => {
    route.bodyLimit ??= options.bodyLimit
  })

  const streams = new SseStreams(stream, options, scope.log)
  // preClose, because app.close() waits for open responses before it comes to onClose.
  scope.addHook('preClose', () => streams.close())

  registerEvents(scope, { stream, publisher, archive, streams })
  registerStream(scope, streams)
  registerTelemetry(scope, stream, publisher)
  registerSpec(scope)
  if (options.docs) registerBuiltPage(scope, DOCS_PATH, 'docs')
  registerProbes(scope, { health, whyNotReady })
  if (metrics !== undefined) {
    metrics.openStreams = () => streams.count
    if (isRouteWanted(options.metrics)) registerMetrics(scope, metrics)
  }
  if (options.ui) {
    registerBuiltPage(scope, UI_PATH, 'ui')
    await registerExplain(scope, reader, options.bodyLimit)
  }
  answerOtherMethods(scope, methods)
  if (stateDir !== undefined) openApiSocket(scope, stateDir)
}
