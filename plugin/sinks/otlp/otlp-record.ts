/**
 * An event as an OTLP log record (https://opentelemetry.io/docs/specs/otel/logs/data-model/).
 *
 * The body is the event's data as it is; attributes are named by the semantic conventions where they
 * have a name (https://opentelemetry.io/docs/specs/semconv/), and begin with `sysmon.` where not.
 */

import type { EventEnvelope, OomKillData, ServiceCrashedData } from '../../../generated/types.ts'
import type { PublishedEvent } from '../../events/envelope.ts'
import {
  idempotencyKey,
  SERVICE_CRASHED,
  type Severity,
  SYSTEM_OOM_KILL,
  severityOfType,
} from '../../events/types.ts'

/** As OTLP has it: strings, numbers, booleans, and lists and maps of them. */
type AnyValue =
  | string
  | number
  | boolean
  | null
  | readonly AnyValue[]
  | { readonly [key: string]: AnyValue }

export interface LogFields {
  readonly hrTime: [number, number]
  readonly eventName: string
  readonly severityNumber: number
  readonly severityText: string
  readonly body?: AnyValue
  readonly attributes: Readonly<Record<string, AnyValue>>
}

/** https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
const SEVERITIES: Readonly<Record<Severity, Pick<LogFields, 'severityNumber' | 'severityText'>>> = {
  info: { severityNumber: 9, severityText: 'INFO' },
  warn: { severityNumber: 13, severityText: 'WARN' },
  error: { severityNumber: 17, severityText: 'ERROR' },
}

/** @param origin whose sequence numbers these are; with them the identity of an event without a key */
export function toLogFields(published: PublishedEvent, origin: string): LogFields {
  const { seq, event } = JSON.parse(published.json.toString()) as EventEnvelope
  const { ts, type, category, source } = event
  const data = event.data as AnyValue | undefined
  const attributes: Record<string, AnyValue> = {
    // "Other Log Records with the same id will be considered duplicates and can be removed safely."
    'log.record.uid': idempotencyKey(type, source.metadata) ?? `${origin}/${seq}`,
    'sysmon.seq': seq,
    'sysmon.category': category,
    'sysmon.source.kind': source.kind,
  }
  if (source.event !== undefined) attributes['sysmon.source.event'] = source.event
  for (const [key, value] of Object.entries(source.metadata ?? {})) {
    attributes[`sysmon.source.metadata.${key}`] = value
  }
  if (event.truncated === true) attributes['sysmon.truncated'] = true
  if (data !== undefined && data !== null) {
    if (type === SYSTEM_OOM_KILL) addOomKill(attributes, data as unknown as OomKillData)
    if (type === SERVICE_CRASHED)
      addServiceCrashed(attributes, data as unknown as ServiceCrashedData)
  }
  return {
    hrTime: [Math.floor(ts / 1e6), (ts % 1e6) * 1000],
    eventName: type,
    ...SEVERITIES[severityOfType(type)],
    body: data,
    attributes,
  }
}

function addOomKill(attributes: Record<string, AnyValue>, data: OomKillData): void {
  attributes['process.pid'] = data.pid
  attributes['process.executable.name'] = data.process_name
  if (data.uid !== undefined) attributes['process.real_user.id'] = data.uid
  if (data.task_memcg !== undefined) attributes['process.linux.cgroup'] = data.task_memcg
  // In the body, too; many a backend searches and shows attributes only.
  if (data.diagnosis === undefined) return
  attributes['sysmon.diagnosis.cause'] = data.diagnosis.cause
  attributes['sysmon.diagnosis.next'] = data.diagnosis.next
}

function addServiceCrashed(attributes: Record<string, AnyValue>, data: ServiceCrashedData): void {
  attributes['service.name'] = data.service_name
  if (data.group_name !== undefined) attributes['service.namespace'] = data.group_name
  if (data.pid !== undefined) attributes['process.pid'] = data.pid
  if (data.exit_code !== undefined) attributes['process.exit.code'] = data.exit_code
}
