/**
 * The sink for OTLP/HTTP logs, by the exporter of OpenTelemetry's SDK, which is loaded only where it
 * is configured. The SDK reads the variables, encodes the records and decodes the answers.
 *
 * A request without an answer is sent again, so a record may arrive twice: `log.record.uid` is the
 * same then. What the specification calls not retryable is handled by what it says: a server that
 * finds fault with the data (400, 413, 415, 422) is not asked again, and the events are counted as
 * rejected; after any other refusal (401, 404) they wait, since a person can mend that.
 */

import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { PublishedEvent } from '../../events/envelope.ts'
import { type Delivery, importOptional, type Sink, SinkError, type SinkLimits } from '../sink.ts'
import { checkOtlpEnv, type OtlpEncoding } from './otlp-config.ts'
import { toLogFields } from './otlp-record.ts'
import { type OtlpAnswer, postOtlp } from './otlp-transport.ts'

/** As the SDK's own batches: OTEL_BLRP_MAX_EXPORT_BATCH_SIZE is 512. */
const MAX_BATCH_EVENTS = 512
const MAX_BATCH_BYTES = 512 * 1024
const LINGER_MS = 100

export const OTLP_PACKAGES = [
  '@opentelemetry/otlp-exporter-base',
  '@opentelemetry/otlp-transformer',
  '@opentelemetry/resources',
] as const

type Export = (batch: readonly PublishedEvent[], signal: AbortSignal) => Promise<Delivery>

export class OtlpSink implements Sink {
  readonly name = 'otlp'
  readonly limits: SinkLimits
  readonly #encoding: OtlpEncoding
  #origin = `${hostname()}.${randomBytes(6).toString('base64url')}`
  #export: Export | undefined

  /** @throws {SinkError} for variables that are malformed */
  constructor(env: NodeJS.ProcessEnv) {
    this.#encoding = checkOtlpEnv(env)
    const timeout = env.OTEL_EXPORTER_OTLP_LOGS_TIMEOUT || env.OTEL_EXPORTER_OTLP_TIMEOUT
    this.limits = {
      maxBytes: MAX_BATCH_BYTES,
      maxEvents: MAX_BATCH_EVENTS,
      lingerMs: LINGER_MS,
      timeoutMs: Number(timeout || 10_000),
    }
  }

  get state(): { readonly origin: string } {
    return { origin: this.#origin }
  }

  async load(): Promise<void> {
    this.#export ??= await importOptional(OTLP_PACKAGES, () =>
      createExport(this.#encoding, () => this.#origin)
    )
  }

  async connect(saved: unknown): Promise<void> {
    const { origin } = (saved ?? {}) as { origin?: unknown }
    if (typeof origin === 'string') this.#origin = origin
    await this.load()
  }

  deliver(batch: readonly PublishedEvent[], signal: AbortSignal): Promise<Delivery> {
    return this.#export!(batch, signal)
  }

  close(): void {}
}

/** The SDK's exporter around a transport of ours. */
async function createExport(encoding: OtlpEncoding, origin: () => string): Promise<Export> {
  const [base, http, transformer, resources] = await Promise.all([
    import('@opentelemetry/otlp-exporter-base'),
    import('@opentelemetry/otlp-exporter-base/node-http'),
    import('@opentelemetry/otlp-transformer'),
    import('@opentelemetry/resources'),
  ])
  const isJson = encoding === 'http/json'
  const serializer = isJson ? transformer.JsonLogsSerializer : transformer.ProtobufLogsSerializer
  const settings = http.convertLegacyHttpOptions({}, 'LOGS', 'v1/logs', {
    'Content-Type': isJson ? 'application/json' : 'application/x-protobuf',
    'User-Agent': 'fastify-sysmon',
  })
  const resource = await detectResource(resources)
  const instrumentationScope = { name: 'fastify-sysmon' }

  let signal: AbortSignal
  /** Of the one request under way, what the exporter keeps to itself. */
  let outcome: Outcome = {}
  const transport = {
    async send(data: Uint8Array) {
      try {
        const answer = await postOtlp(settings, data, signal)
        outcome.answer = answer
        const body = answer.kind === 'taken' ? { data: answer.body } : {}
        return { status: 'success' as const, ...body }
      } catch (error) {
        return { status: 'failure' as const, error: error as Error }
      }
    },
    shutdown() {},
  }
  const watched = {
    serializeRequest: serializer.serializeRequest,
    deserializeResponse(data: Uint8Array) {
      try {
        const response = serializer.deserializeResponse(data)
        outcome.partialSuccess = response.partialSuccess
        return response
      } catch (error) {
        outcome.isForeign = true
        throw error
      }
    },
  }
  const metrics = http.createOtlpHttpExporterMetrics(
    'otlp_http_log_exporter',
    transformer.LogsExporterMetricsHelper,
    settings.url,
    undefined
  )
  const exporter = new base.OTLPExporterBase(
    base.createOtlpNetworkExportDelegate(settings, watched, metrics, transport)
  )

  return async (batch, attempt) => {
    signal = attempt
    outcome = {}
    const now = Date.now()
    const hrTimeObserved: [number, number] = [Math.floor(now / 1000), (now % 1000) * 1e6]
    const records = batch.map(event => ({
      ...toLogFields(event, origin()),
      hrTimeObserved,
      resource,
      instrumentationScope,
      droppedAttributesCount: 0,
    }))
    const result = await new Promise<{ error?: Error }>(resolve =>
      exporter.export(records as Parameters<typeof exporter.export>[0], resolve)
    )
    if (result.error !== undefined) throw result.error
    const { answer, isForeign, partialSuccess } = outcome
    // The SDK takes any 200 for a success; a proxy's page is none.
    if (isForeign === true) {
      throw new SinkError('retry', `${settings.url} answered with what is no answer of OTLP`)
    }
    if (answer?.kind === 'rejected') return { rejected: batch.length, reason: answer.reason }
    // "The client MUST NOT retry the request when it receives a partial success response."
    const rejected = Math.min(Number(partialSuccess?.rejectedLogRecords ?? 0), batch.length)
    return { rejected, reason: partialSuccess?.errorMessage ?? '' }
  }
}

interface Outcome {
  answer?: OtlpAnswer
  isForeign?: boolean
  partialSuccess?: { rejectedLogRecords?: number; errorMessage?: string } | undefined
}

/** `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME` over what the SDK finds out by itself. */
async function detectResource(sdk: typeof import('@opentelemetry/resources')) {
  const { detectResources, envDetector, hostDetector, osDetector, resourceFromAttributes } = sdk
  const found = detectResources({ detectors: [hostDetector, osDetector, envDetector] })
  await found.waitForAsyncAttributes?.()
  return resourceFromAttributes({ 'service.name': 'fastify-sysmon' }).merge(found)
}
