/**
 * A kill and what belongs to it: the victims that died with it because their whole group was killed,
 * and what the log tells within a minute of what it led to.
 */

import { panicWords } from '../diagnosis/without-kill.ts'
import { decodeName } from '../kernel-names.ts'
import { printable } from '../units.ts'
import type { LogRecord } from './log/log-record.ts'
import type { Explained, ExplainedDump, ExplainedKill } from './log-explainer.ts'
import type { RelatedLine } from './related-lines.ts'

/** Names counted of the victims of one group kill. */
const MAX_NAMES = 4096
const MAX_NOTES = 6
const MAX_REAPED = 12
const MAX_PIDS = 32_768
/** What comes later than this after a kill is not told with it, nor after so many records. */
const AFTERMATH_US = 60_000_000
const MAX_RECORDS = 512

export interface Incident {
  readonly first: ExplainedKill | ExplainedDump
  /** How many kills were told before it. */
  readonly number: number
  /** Victims of the same group kill. */
  readonly followers: number
  /** Those by name, most first. */
  readonly followerNames: ReadonlyArray<readonly [name: string, count: number]>
  /** Process 1 was among them. */
  readonly hasInit: boolean
  readonly panic: string | undefined
  /** What else died, in sentences. */
  readonly after: readonly string[]
  /** Of such sentences, those that there was no room for. */
  readonly moreAfter: number
}

interface Open {
  readonly first: ExplainedKill | ExplainedDump
  readonly number: number
  followers: number
  readonly names: Map<string, number>
  hasInit: boolean
  panic: string | undefined
  readonly after: Set<string>
  /** Processes whose memory was taken back, and whose kill the log does not show. */
  readonly reaped: string[]
  moreAfter: number
  /** Of its last kill. */
  lastUs: number
  /** Records of the kernel since. */
  records: number
}

/** Gives out each when the next begins or its time is over; holds one. */
export class IncidentCollector {
  readonly #onIncident: (incident: Incident) => void
  #open: Open | undefined
  #kills: number
  readonly #killed = new Set<number>()

  /** @param before kills that were told before this log's */
  constructor(onIncident: (incident: Incident) => void, before = 0) {
    this.#kills = before
    this.#onIncident = onIncident
  }

  get isOpen(): boolean {
    return this.#open !== undefined
  }

  push(explained: Explained): void {
    if (explained.type === 'kill') {
      this.#kills++
      if (this.#killed.size < MAX_PIDS) this.#killed.add(explained.event.data.pid)
      if (explained.kill.isFollower && this.#open !== undefined) {
        follow(this.#open, explained)
        this.#open.lastUs = explained.record.timestampUs
        this.#open.records = 0
        return
      }
    }
    this.close()
    this.#open = {
      first: explained,
      number: this.#kills,
      followers: 0,
      names: new Map(),
      hasInit: false,
      panic: undefined,
      after: new Set(),
      reaped: [],
      moreAfter: 0,
      lastUs: explained.record.timestampUs,
      records: 0,
    }
  }

  /** A record of the kernel, of which the times tell when it is over. */
  tick({ timestampUs, isStamped }: LogRecord): void {
    const open = this.#open
    if (open === undefined) return
    open.records++
    const sinceUs = isStamped ? Math.abs(timestampUs - open.lastUs) : 0
    if (sinceUs > AFTERMATH_US || open.records > MAX_RECORDS) this.close()
  }

  /** @returns whether it belongs to the open incident */
  see(related: RelatedLine, lineUs: number | undefined): boolean {
    const open = this.#open
    if (open === undefined) return false
    const { lineUs: ownUs } = open.first.record
    const isLate =
      lineUs !== undefined && ownUs !== undefined && Math.abs(lineUs - ownUs) > AFTERMATH_US
    if (isLate) return false
    switch (related.type) {
      case 'panic':
        open.panic ??= panicWords(related.text)
        return true
      case 'reaped': {
        if (this.#killed.has(related.pid)) return true
        const name = printable(decodeName(related.comm))
        const { reaped } = open
        if (reaped.length < MAX_REAPED) reaped.push(`${name} (${related.pid})`)
        else open.moreAfter++
        return true
      }
      case 'unit':
        note(open, printable(decodeName(related.text)))
        return true
      default:
        return false
    }
  }

  close(): void {
    const open = this.#open
    this.#open = undefined
    if (open === undefined) return
    const { first, number, followers, names, hasInit, panic, after, reaped, moreAfter } = open
    const told =
      reaped.length === 0
        ? []
        : [`killed, too, whose memory was taken back (oom_reaper): ${reaped.join(', ')}`]
    this.#onIncident({
      first,
      number,
      followers,
      followerNames: [...names].sort(([, a], [, b]) => b - a),
      hasInit,
      panic,
      after: [...told, ...after],
      moreAfter,
    })
  }
}

function follow(open: Open, { event }: ExplainedKill): void {
  const name = printable(event.data.process_name)
  open.followers++
  open.hasInit ||= event.data.pid === 1
  const count = open.names.get(name)
  if (count !== undefined || open.names.size < MAX_NAMES) open.names.set(name, (count ?? 0) + 1)
}

function note(open: Open, text: string): void {
  if (open.after.size < MAX_NOTES) open.after.add(text)
  else if (!open.after.has(text)) open.moreAfter++
}
