/**
 * What a server answered to an export (https://opentelemetry.io/docs/specs/otlp/#otlphttp-response):
 * an ExportLogsServiceResponse, whose only field says what was refused of the records. Nothing at all is
 * one as well, in protobuf. A page of a proxy, with a 200 like any other, is none: what it answered to
 * was not taken by anybody.
 */

import type { Delivery } from '../sink.ts'
import type { OtlpEncoding } from './otlp-config.ts'

export interface OtlpBody {
  readonly contentType: string
  readonly body: Buffer
}

interface PartialSuccess {
  readonly rejectedLogRecords?: number | string
  readonly errorMessage?: string
}
interface ExportResponse {
  readonly partialSuccess?: PartialSuccess | undefined
}

/**
 * @param records sent
 * @param decodeProtobuf throws for what is none
 * @returns undefined where it is no answer of OTLP
 */
export function readExportResponse(
  { contentType, body }: OtlpBody,
  encoding: OtlpEncoding,
  records: number,
  decodeProtobuf: (body: Uint8Array) => ExportResponse
): Delivery | undefined {
  if (body.length === 0) return {}
  if (/html/i.test(contentType)) return undefined
  const isJson =
    /json/i.test(contentType) || (encoding === 'http/json' && !/protobuf/i.test(contentType))
  let response: ExportResponse
  try {
    response = isJson ? parseJson(body) : decodeProtobuf(body)
  } catch {
    return undefined
  }
  const { rejectedLogRecords = 0, errorMessage = '' } = response.partialSuccess ?? {}
  // A number, or as JSON has 64 bits of it a string; "the client MUST NOT retry the request".
  const rejected = Math.min(Number(rejectedLogRecords) || 0, records)
  return rejected > 0 ? { rejected, reason: String(errorMessage) } : {}
}

/** Fields that it does not know a client ignores; but what tells of an error is no success. */
function parseJson(body: Buffer): ExportResponse {
  const value: unknown = JSON.parse(body.toString())
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError()
  const isAnswer = 'partialSuccess' in value || !('error' in value || 'errors' in value)
  if (!isAnswer) throw new TypeError()
  return value as ExportResponse
}
