/**
 * The events that the page holds, oldest first. What is told of deaths is kept before all else, so that no
 * flood of other events pushes it out, and only so much text is kept, so that a page may stay open for days.
 */

import type { EventEnvelope } from '../../generated/types.ts'
import { type Entry, entryOf, missedEntry } from './entry.ts'

/** As many as the server retains in memory. */
export const MAX_ENTRIES = 8192
/** Over that, before some are taken out: not one by one. */
const SLACK_ENTRIES = 256
/** Of envelopes; beyond, those of other events are asked for again when they are wanted. */
export const MAX_JSON_CHARS = 4_000_000
const JSON_SLACK_CHARS = 1_000_000

export class Store {
  #entries: Entry[] = []
  #run = 1
  #lastSeq = 0
  #jsonChars = 0
  readonly #byId = new Map<string, Entry>()
  /** Of an event: those that name it as their cause. */
  readonly #effects = new Map<string, Entry[]>()

  get entries(): readonly Entry[] {
    return this.#entries
  }

  /** Counts how often the server began to number anew. */
  get run(): number {
    return this.#run
  }

  /** Of the newest event; 0 where there is none. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  get(id: string): Entry | undefined {
    return this.#byId.get(id)
  }

  /** Those that tell of the same death: what an event caused, and what caused it. */
  related(entry: Entry): Entry[] {
    const causes = entry.causes.flatMap(seq => this.#byId.get(`${entry.run}-${seq}`) ?? [])
    return [...causes, ...(this.#effects.get(entry.id) ?? [])]
  }

  /** The server has begun to number anew: what comes from now on is newer than all that is there. */
  beginRun(): void {
    this.#run++
    this.#lastSeq = 0
  }

  /** Events as they come, of which the numbers rise, until the server begins to number anew. */
  add(envelope: EventEnvelope): Entry {
    if (envelope.seq <= this.#lastSeq) this.beginRun()
    this.#lastSeq = envelope.seq
    const entry = entryOf(envelope, this.#run)
    this.#entries.push(entry)
    this.#note(entry)
    if (
      this.#entries.length > MAX_ENTRIES + SLACK_ENTRIES ||
      this.#jsonChars > MAX_JSON_CHARS + JSON_SLACK_CHARS
    ) {
      this.#prune()
    }
    return entry
  }

  /** A hole in the stream. */
  addMissed(lost: number): Entry {
    const entry = missedEntry(lost, this.#run, this.#lastSeq)
    this.#entries.push(entry)
    this.#note(entry)
    return entry
  }

  /** Events from before, in any order; those that are there already stay as they are. */
  addHistory(envelopes: readonly EventEnvelope[]): void {
    for (const envelope of envelopes) {
      if (this.#byId.has(`${this.#run}-${envelope.seq}`)) continue
      const entry = entryOf(envelope, this.#run)
      this.#entries.push(entry)
      this.#note(entry)
      this.#lastSeq = Math.max(this.#lastSeq, envelope.seq)
    }
    this.#entries.sort((a, b) => a.run - b.run || a.seq - b.seq)
    this.#prune()
  }

  #note(entry: Entry): void {
    this.#byId.set(entry.id, entry)
    this.#jsonChars += entry.json?.length ?? 0
    for (const seq of entry.causes) {
      const cause = `${entry.run}-${seq}`
      this.#effects.set(cause, [...(this.#effects.get(cause) ?? []), entry])
      const known = this.#byId.get(cause)
      if (known !== undefined) known.revision++
    }
  }

  #prune(): void {
    const excess = this.#entries.length - MAX_ENTRIES
    if (excess > 0) this.#entries = this.#without(excess)
    for (const entry of this.#entries) {
      if (this.#jsonChars <= MAX_JSON_CHARS) return
      if (entry.kind === 'other') this.#dropJson(entry)
    }
    for (const entry of this.#entries) {
      if (this.#jsonChars <= MAX_JSON_CHARS) return
      this.#dropJson(entry)
    }
  }

  /** The oldest go: other events first, while they are more than half. */
  #without(excess: number): Entry[] {
    const others = this.#entries.filter(({ kind }) => kind === 'other').length
    let otherExcess = Math.min(excess, Math.max(0, others - MAX_ENTRIES / 2))
    let restExcess = excess - otherExcess
    return this.#entries.filter(entry => {
      const isGone = entry.kind === 'other' ? otherExcess-- > 0 : restExcess-- > 0
      if (isGone) this.#forget(entry)
      return !isGone
    })
  }

  #forget(entry: Entry): void {
    this.#dropJson(entry)
    this.#byId.delete(entry.id)
    this.#effects.delete(entry.id)
    for (const seq of entry.causes) this.#effects.delete(`${entry.run}-${seq}`)
  }

  #dropJson(entry: Entry): void {
    this.#jsonChars -= entry.json?.length ?? 0
    entry.json = undefined
  }
}
