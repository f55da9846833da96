/**
 * Kills in what this project itself writes: envelopes as JSON lines (a page, `sysmon tail --json`, a
 * sink's records), the text of the event stream (SSE), and lines of `sysmon explain --json`.
 */

import type {
  OomDiagnosis,
  OomKillData,
  OomTask,
  OomVictim,
  SystemOomKillEvent,
} from '../../generated/types.ts'
import { isObject } from '../objects.ts'
import { OomDump } from '../oom/dump.ts'
import type { OomKillFacts } from '../oom/event.ts'
import type { KillLine } from '../oom/lines/kill.ts'
import type { ExplainedKill } from './log-explainer.ts'

const TYPE = 'system_oom_kill'

/** @returns undefined for a line that is none of these, which may be a log's */
export function ownKillsIn(line: string): ExplainedKill[] | undefined {
  if (!line.includes(`"${TYPE}"`)) return undefined
  const json = line.replace(/^data: ?/, '').trim()
  if (json[0] !== '{' && json[0] !== '[') return undefined
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(json, 'latin1').toString('utf8'))
  } catch {
    return undefined
  }
  const events = (Array.isArray(value) ? value : [value]).flatMap(one => {
    const event = isObject(one) && isObject(one.event) ? one.event : one
    return isKill(event) ? [event] : []
  })
  return events.length === 0 ? undefined : events.map(explained)
}

type KillEvent = Omit<SystemOomKillEvent, 'data'> & {
  readonly data: OomKillData
  readonly time?: unknown
}

/** As far as it is read: anyone may have written the line. */
function isKill(value: unknown): value is KillEvent {
  if (!isObject(value) || value.type !== TYPE || typeof value.ts !== 'number') return false
  const { data } = value
  return isObject(data) && typeof data.process_name === 'string' && Number.isSafeInteger(data.pid)
}

function explained(event: KillEvent): ExplainedKill {
  const { ts, time: stated, source } = event
  const { diagnosis } = event.data
  const data = factsIn(event.data)
  const metadata = source?.metadata ?? {}
  const time = stated === 'boot' || stated === 'unknown' ? stated : 'wall'
  const wallUs = time === 'wall' ? ts : undefined
  return {
    type: 'kill',
    kill: {
      type: 'kill',
      record: { seq: 0, timestampUs: ts, facility: 0, level: 6, caller: '', text: '' },
      victim: victimOf(data),
      dump: new OomDump(),
      isPartial: metadata.partial === 'true',
      groupPath: data.oom_group === true ? data.task_memcg : undefined,
      isFollower: false,
    },
    event: { ...event, data },
    time,
    record: {
      seq: 0,
      timestampUs: ts,
      facility: 0,
      level: 6,
      caller: '',
      text: '',
      isRaw: false,
      wallUs,
      wallText: undefined,
      lineUs: wallUs,
      isStamped: time === 'boot',
    },
    context: {},
    told: isDiagnosis(diagnosis) ? diagnosis : undefined,
  }
}

const STRINGS = ['process_name', 'trigger_process_name', 'oom_memcg', 'task_memcg']
const CONSTRAINTS = ['none', 'memcg', 'cpuset', 'memory_policy']

/** The fields that are what they should be: nobody has checked them since the line was written. */
function factsIn(data: OomKillData): OomKillFacts {
  const sound = Object.entries(data).filter(([name, value]) => {
    if (STRINGS.includes(name)) return typeof value === 'string'
    if (name === 'constraint') return CONSTRAINTS.includes(value as string)
    if (name === 'oom_group') return value === true
    if (name === 'top_tasks') return Array.isArray(value) && value.every(isTask)
    if (name === 'victim') return isVictim(value)
    return name !== 'diagnosis' && Number.isSafeInteger(value)
  })
  return Object.fromEntries(sound) as unknown as OomKillFacts
}

function isTask(value: unknown): value is OomTask {
  return (
    isObject(value) &&
    Number.isSafeInteger(value.pid) &&
    Number.isSafeInteger(value.rss_kb) &&
    typeof value.name === 'string'
  )
}

function isVictim(value: unknown): value is OomVictim {
  return (
    isObject(value) &&
    Object.values(value).every(one => ['string', 'number', 'boolean'].includes(typeof one))
  )
}

function isDiagnosis(value: unknown): value is OomDiagnosis {
  if (!isObject(value) || !Array.isArray(value.evidence)) return false
  return [value.cause, value.next, ...value.evidence].every(one => typeof one === 'string')
}

/** What the kill line stated beside the event's fields, the event no longer tells. */
function victimOf(data: OomKillFacts): KillLine {
  return {
    prefix: data.constraint === 'memcg' ? 'Memory cgroup out of memory' : '',
    pid: data.pid,
    comm: data.process_name,
    totalVmKb: data.total_vm_kb,
    anonRssKb: undefined,
    fileRssKb: undefined,
    shmemRssKb: undefined,
    rssKb: data.rss_kb,
    swapKb: data.swap_kb,
    uid: data.uid,
    pgtablesKb: data.pgtables_kb,
    oomScoreAdj: data.oom_score_adj,
  }
}
