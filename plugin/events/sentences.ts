/** What an event of each known type says, in a line for a person: for logs and for `sysmon tail`. */

import type {
  MemoryPressureData,
  OomKillData,
  PageCrashedData,
  ProcessCrashedData,
  ServiceCrashedData,
  TelemetryConfiguredData,
  TelemetryGapData,
} from '../../generated/types.ts'
import { printable, size } from '../units.ts'

export function oomKillSentence(data: OomKillData): string {
  const { mem_total_kb: total, mem_free_kb: free } = data
  const spare = free === undefined ? '' : ` and ${size(free)} free`
  const machine = total === undefined ? '' : ` on a machine with ${size(total)}${spare}`
  const limit =
    data.constraint === 'memcg'
      ? `, the limit of ${printable(data.oom_memcg ?? 'its group')}${data.memcg_limit_kb === undefined ? '' : ` (${size(data.memcg_limit_kb)})`}`
      : ''
  return `${printable(data.process_name)} (pid ${data.pid}) held ${size(data.rss_kb)}${machine}${limit}`
}

export function serviceCrashedSentence(data: ServiceCrashedData): string {
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

export function pageCrashedSentence(data: PageCrashedData): string {
  const { url, title, target_type: type, pid, cause, signal, status } = data
  const named = title === undefined || title === url ? '' : ` "${printable(title)}"`
  const where = url === undefined ? '' : ` at ${printable(url)}`
  const of = pid === undefined ? '' : ` (pid ${pid})`
  const by = signal === undefined ? '' : ` (${signal})`
  const why = {
    oom_kill: 'was killed by the kernel for want of memory',
    crash: `crashed${by}`,
    killed: `was killed${by}`,
  }[cause ?? 'crash']
  const how = cause === undefined && status !== undefined ? ` [${printable(status)}]` : ''
  return `${printable(type ?? 'page')}${named}${where}${of} ${why}${how}`
}

export function processCrashedSentence(data: ProcessCrashedData): string {
  const { process_name: name, pid, role, signal, error, file } = data
  const who = printable(name ?? `the ${role ?? 'unnamed'} process`)
  const what = role === undefined || name === undefined ? '' : `, ${printable(role)}`
  const by = signal === undefined ? '' : ` (${signal})`
  const why = error === undefined ? '' : `: ${printable(error)}`
  const where = file === undefined ? '' : ` in ${printable(file)}`
  return `${who}${what}${pid === undefined ? '' : ` (pid ${pid})`} crashed${by}${why}${where}`
}

export function memoryPressureSentence(data: MemoryPressureData): string {
  const { reason, full_avg10: full = 0, mem_available_kb: available, top_tasks: tasks } = data
  const what = {
    pressure: `all processes waited for memory ${full} % of the time`,
    group_high: 'the control group is held back at its memory.high',
    group_max: 'the control group is at its limit',
  }[reason]
  const spare = available === undefined ? '' : `, ${size(available)} available`
  const [largest] = tasks ?? []
  const who =
    largest === undefined
      ? ''
      : `; the largest is ${printable(largest.name)} (pid ${largest.pid}) with ${size(largest.rss_kb)}`
  return `${what}${spare}${who}`
}

export function gapSentence(data: TelemetryGapData): string {
  return `${data.source}: ${data.lost ?? 'an unknown number of'} lost: ${printable(data.reason)}`
}

export function configuredSentence(data: TelemetryConfiguredData): string {
  const on = data.turned_on.length === 0 ? [] : [`on: ${data.turned_on.join(', ')}`]
  const off = data.turned_off.length === 0 ? [] : [`off: ${data.turned_off.join(', ')}`]
  const what = [...on, ...off].join('; ') || 'nothing changed'
  return `${data.method} by ${printable(data.address ?? 'a local client')}: ${what}`
}
