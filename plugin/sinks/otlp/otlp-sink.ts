/**
 * The sink for OTLP/HTTP logs, by OpenTelemetry's SDK, which is loaded only where it is configured: it
 * reads the variables, encodes the records and decodes the answers.
 *
 * A request without an answer is sent again, so a record may arrive twice: `log.record.uid` is the
 * same then. What the specification calls not retryable is handled by what it says: of a batch that a
 * server finds fault with (400, 413, 422) the runner sends parts; after any other refusal (401, 404,
 * 415) the events wait, since a person can mend that.
 */

import type { PublishedEvent } from '../../events/envelope.ts'
import { SequenceOrigin } from '../sequence-origin.ts'
import { type Delivery, importOptional, type Sink, SinkError, type SinkLimits } from '../sink.ts'
import { readExportResponse } from './otlp-answer.ts'
import type { OtlpConfig, OtlpEncoding } from './otlp-config.ts'
import { toLogFields } from './otlp-record.ts'
import { postOtlp, shownUrl } from './otlp-transport.ts'

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
  readonly #origin = new SequenceOrigin()
  #export: Export | undefined

  constructor({ encoding, timeoutMs }: Pick<OtlpConfig, 'encoding' | 'timeoutMs'>) {
    this.#encoding = encoding
    this.limits = {
      maxBytes: MAX_BATCH_BYTES,
      maxEvents: MAX_BATCH_EVENTS,
      lingerMs: LINGER_MS,
      timeoutMs,
    }
  }

  get state(): unknown {
    return this.#origin.state
  }

  async load(): Promise<void> {
    this.#export ??= await importOptional(OTLP_PACKAGES, () =>
      createExport(this.#encoding, () => this.#origin.name)
    )
  }

  async connect(saved: unknown): Promise<void> {
    this.#origin.resume(saved)
    await this.load()
  }

  deliver(batch: readonly PublishedEvent[], signal: AbortSignal): Promise<Delivery> {
    return this.#export!(batch, signal)
  }

  close(): void {}
}

async function createExport(encoding: OtlpEncoding, origin: () => string): Promise<Export> {
  const [http, transformer, resources] = await Promise.all([
    import('@opentelemetry/otlp-exporter-base/node-http'),
    import('@opentelemetry/otlp-transformer'),
    import('@opentelemetry/resources'),
  ])
  const { JsonLogsSerializer, ProtobufLogsSerializer } = transformer
  const isJson = encoding === 'http/json'
  const serializer = isJson ? JsonLogsSerializer : ProtobufLogsSerializer
  const settings = http.convertLegacyHttpOptions({}, 'LOGS', 'v1/logs', {
    'Content-Type': isJson ? 'application/json' : 'application/x-protobuf',
    'User-Agent': 'fastify-sysmon',
  })
  const resource = await detectResource(resources)
  const instrumentationScope = { name: 'fastify-sysmon' }

  return async (batch, signal) => {
    const now = Date.now()
    const hrTimeObserved: [number, number] = [Math.floor(now / 1000), (now % 1000) * 1e6]
    const records = batch.map(event => ({
      ...toLogFields(event, origin()),
      hrTimeObserved,
      resource,
      instrumentationScope,
      droppedAttributesCount: 0,
    }))
    type Records = Parameters<typeof serializer.serializeRequest>[0]
    const data = serializer.serializeRequest(records as Records)
    if (data === undefined) throw new SinkError('rejected', 'they cannot be encoded')
    const answer = await postOtlp(settings, data, signal)
    const decode = ProtobufLogsSerializer.deserializeResponse
    const delivery = readExportResponse(answer, encoding, batch.length, decode)
    if (delivery !== undefined) return delivery
    const what = `${shownUrl(settings.url)} answered with what is no answer of OTLP`
    throw new SinkError('retry', `${what} (${answer.contentType || 'of no type'})`)
  }
}

/** `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME` over what the SDK finds out by itself. */
async function detectResource(sdk: typeof import('@opentelemetry/resources')) {
  const { detectResources, envDetector, hostDetector, osDetector, resourceFromAttributes } = sdk
  const found = detectResources({ detectors: [hostDetector, osDetector, envDetector] })
  await found.waitForAsyncAttributes?.()
  return resourceFromAttributes({ 'service.name': 'fastify-sysmon' }).merge(found)
}
