/** What the page keeps of an event. */

import type { EventEnvelope } from '../../generated/types.ts'
import { eventSentence } from '../events/event-sentence.ts'
import { isObject } from '../objects.ts'
import { printable } from '../units.ts'

/** What is shown in its own way; all other events are `other`. */
export type Kind = 'kill' | 'service' | 'page' | 'process' | 'pressure' | 'gap' | 'other'

export const KIND_OF_TYPE: Readonly<Record<string, Kind>> = {
  system_oom_kill: 'kill',
  service_crashed: 'service',
  page_crashed: 'page',
  process_crashed: 'process',
  memory_pressure: 'pressure',
  telemetry_gap: 'gap',
}

export interface Entry {
  /** `1-17`: the 17th event of the first series of numbers. */
  readonly id: string
  /** Counts how often the server began to number anew, as one without a state folder does at each start. */
  readonly run: number
  readonly seq: number
  /** Unix milliseconds. */
  readonly ms: number
  readonly type: string
  readonly kind: Kind
  readonly category: string
  /** In one line. */
  readonly sentence: string
  /** Whose death it is: the service, where it is known, else the process. */
  readonly lane: string | undefined
  /** Of other events that tell of the same death: their sequence numbers. */
  readonly causes: readonly number[]
  /** Percent of memory pressure. */
  readonly pressure: number | undefined
  /** Of a gap, Unix milliseconds. */
  readonly span: readonly [from: number, to: number] | undefined
  /** The envelope; undefined where it was too much to keep. */
  json: string | undefined
  /** One more with each event that says more of it. */
  revision: number
}

/** Fields of data that are read here: anyone may have sent them. */
type Data = Readonly<Record<string, unknown>>

export function entryOf(envelope: EventEnvelope, run: number): Entry {
  const { seq, event } = envelope
  const data: Data = isObject(event.data) ? event.data : {}
  const kind = Object.hasOwn(KIND_OF_TYPE, event.type) ? KIND_OF_TYPE[event.type]! : 'other'
  return {
    id: `${run}-${seq}`,
    run,
    seq,
    ms: event.ts / 1000,
    type: event.type,
    kind,
    category: event.category,
    sentence: eventSentence(envelope.event) ?? shortJson(event.data),
    lane: laneOf(kind, data),
    causes: [data.oom_kill_seq, data.process_crashed_seq].filter(isNumber),
    pressure: kind === 'pressure' ? pressureOf(data) : undefined,
    span: kind === 'gap' ? spanOf(data) : undefined,
    // A new one: what is parsed of a larger text may hold all of it.
    json: JSON.stringify(envelope),
    revision: 0,
  }
}

/** A server that began to number anew gives the number of an event to another one. */
export function isOf({ seq, ms, type }: Entry, envelope: EventEnvelope): boolean {
  const { ts, type: itsType } = envelope.event
  return envelope.seq === seq && ts / 1000 === ms && itsType === type
}

/** What the page itself did not see. */
export function missedEntry(lost: number, run: number, after: number): Entry {
  const now = Date.now()
  const reason = 'events left the server’s memory before this page had read them'
  const event = {
    ts: now * 1000,
    type: 'telemetry_gap',
    category: 'monitor',
    source: { kind: 'local_process', event: 'page' },
    data: { source: 'stream', lost, reason },
  } as const
  const entry = entryOf({ seq: after + 0.5, event }, run)
  return { ...entry, json: undefined }
}

function laneOf(kind: Kind, data: Data): string | undefined {
  switch (kind) {
    case 'kill': {
      const victim: Data = isObject(data.victim) ? data.victim : {}
      return name(victim.service_name) ?? name(data.process_name)
    }
    case 'service':
      return name(data.service_name)
    case 'process':
      return name(data.service_name) ?? name(data.process_name) ?? name(data.role)
    case 'page':
      return 'pages'
    default:
      return undefined
  }
}

function pressureOf(data: Data): number | undefined {
  return [data.full_avg10, data.some_avg10].filter(isNumber).find(value => value > 0)
}

function spanOf({ from, to }: Data): readonly [number, number] | undefined {
  if (!isNumber(from)) return undefined
  return [from / 1000, (isNumber(to) ? Math.max(from, to) : from) / 1000]
}

function name(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? printable(value) : undefined
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

const MAX_SHORT_LENGTH = 300

function shortJson(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = printable(JSON.stringify(value))
  return text.length <= MAX_SHORT_LENGTH ? text : `${text.slice(0, MAX_SHORT_LENGTH)}…`
}
