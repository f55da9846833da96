/** An event as one line that a person understands; `sysmon tail` prints it. */

import type {
  EventEnvelope,
  OomKillData,
  ServiceCrashedData,
  TelemetryGapData,
} from '../../generated/types.ts'
import { SERVICE_CRASHED, SYSTEM_OOM_KILL, TELEMETRY_GAP } from '../events/types.ts'
import { printable, size, wallTime } from '../explain/units.ts'

export function eventLine({ seq, event }: EventEnvelope): string {
  return `${wallTime(event.ts)}  #${seq}  ${event.type}  ${subject(event)}`
}

function subject(event: EventEnvelope['event']): string {
  if (event.data === null || event.data === undefined) return event.category
  switch (event.type) {
    case SYSTEM_OOM_KILL:
      return oomKill(event.data as OomKillData)
    case SERVICE_CRASHED:
      return serviceCrashed(event.data as ServiceCrashedData)
    case TELEMETRY_GAP:
      return gap(event.data as TelemetryGapData)
    default:
      return `${event.category}  ${JSON.stringify(event.data)}`
  }
}

function oomKill(data: OomKillData): string {
  const machine =
    data.mem_total_kb === undefined
      ? ''
      : ` on a machine with ${size(data.mem_total_kb)} and ${size(data.mem_free_kb ?? 0)} free`
  const limit =
    data.constraint === 'memcg'
      ? `, the limit of ${printable(data.oom_memcg ?? 'its group')}${data.memcg_limit_kb === undefined ? '' : ` (${size(data.memcg_limit_kb)})`}`
      : ''
  return `${printable(data.process_name)} (pid ${data.pid}) held ${size(data.rss_kb)}${machine}${limit}`
}

function serviceCrashed(data: ServiceCrashedData): string {
  const phase = {
    startup: 'died before it was up',
    running: 'died while it was running',
    gave_up: 'is not started again',
  }[data.phase]
  const why =
    data.signal === undefined
      ? data.exit_code === undefined
        ? ''
        : ` (exit status ${data.exit_code})`
      : ` (${data.signal}${data.core_dumped === true ? ', core dumped' : ''})`
  const pid = data.pid === undefined ? '' : ` (pid ${data.pid})`
  return `${printable(data.service_name)}${pid} ${phase}${why}`
}

function gap(data: TelemetryGapData): string {
  return `${data.source}: ${data.lost ?? 'an unknown number of'} lost: ${printable(data.reason)}`
}
