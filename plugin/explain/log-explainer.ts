/** From a saved log to the kills in it: the parser of the live watcher over the log's records. */

import type { OomDiagnosis, SystemOomKillEvent } from '../../generated/types.ts'
import type { Context } from '../diagnosis/case.ts'
import { type OomKillFacts, oomKillFacts, oomKillSource } from '../oom/event.ts'
import { type OomKill, type OomOutcome, OomParser, type OomWithoutKill } from '../oom/parser.ts'
import { pageSizeKbOf } from '../oom/revealed-page-size.ts'
import { stripPrefix } from './log/line-prefix.ts'
import { LogReader } from './log/log-reader.ts'
import type { LogRecord } from './log/log-record.ts'
import { mayBeQuiet, quietRun } from './log/quiet-lines.ts'
import { ownKillsIn } from './own-events.ts'
import { type RelatedLine, relatedLine, relatedRecord } from './related-lines.ts'

export interface ExplainedKill {
  readonly type: 'kill'
  readonly kill: OomKill
  /** As `event` in the envelope; for `ts` see {@link ExplainedKill.time}. */
  readonly event: Omit<SystemOomKillEvent, 'data'> & { readonly data: OomKillFacts }
  /**
   * What `event.ts` counts: Unix microseconds (`wall`), microseconds since a boot of which the log
   * does not say when it was (`boot`), or nothing the log states: then it is the time of reading.
   */
  readonly time: 'wall' | 'boot' | 'unknown'
  /** The record of the kill line, with the times that the log states. */
  readonly record: LogRecord
  readonly context: Context
  /** The sentences that an event brought along; those of a dump are made of it. */
  readonly told?: OomDiagnosis | undefined
}

export type ExplainedDump = OomWithoutKill & {
  readonly record: LogRecord
  readonly context: Context
}
export type Explained = ExplainedKill | ExplainedDump

/** What else of a log may be heard. */
export interface Bystander {
  /** @param lineUs when, by the line's own time of day */
  readonly onRelated?: (related: RelatedLine, lineUs: number | undefined) => void
  /** After all that a record brought. */
  readonly onRecord?: (record: LogRecord) => void
  /** Whether it waits for what comes: then no record is kept from it. */
  readonly isWaiting?: () => boolean
}

interface Seen {
  readonly related: RelatedLine
  readonly lineUs: number | undefined
}

/** A kill this long before another may have given it its memory. */
const JUST_BEFORE_US = 10_000_000
/** Lines kept of allocations that failed. */
const MAX_FAILURES = 4
/** Lines that wait for the kill before them. */
const MAX_WAITING = 256

/** Kills remembered that bear neither a time nor a figure, to tell one that the log has twice. */
const MAX_BARE = 1024

/** Takes a log line by line; bounded in memory whatever the log's length. */
export class LogExplainer {
  readonly #parser = new OomParser()
  readonly #onExplained: (explained: Explained) => void
  readonly #bystander: Bystander
  readonly #reader = new LogReader({
    onRecord: record => this.#push(record),
    onGap: () => this.#parser.tear(),
  })
  #lastRawSeq: number | undefined
  #lastKill: ExplainedKill | undefined
  #failures: LogRecord[] = []
  #panic: LogRecord | undefined
  #waiting: Seen[] = []
  /** In KiB, as an earlier dump of the log proved it. */
  #pageSizeKb: number | undefined
  readonly #bare = new Set<string>()
  /** Lines of the kernel seen. */
  records = 0
  /** Events of this project's own seen. */
  events = 0
  /** Of the lines, those of allocations that failed. */
  failures = 0

  constructor(onExplained: (explained: Explained) => void, bystander: Bystander = {}) {
    this.#onExplained = onExplained
    this.#bystander = bystander
  }

  /**
   * Passes over the lines with which a part of the log goes on, as long as nothing in them is of interest: what
   * is known afterwards is the same as if each had been pushed.
   *
   * @param chunk whole lines from `from` on, and what follows them
   * @returns where the first line begins that is to be pushed
   */
  passOver(chunk: Buffer, from: number): number {
    if (!mayBeQuiet(chunk, from) || !this.#isQuiet) return from
    const { to, records, last } = quietRun(chunk, from)
    // The last record tells the time, and may have more to it.
    if (last !== undefined) {
      this.records += records - 1
      this.#reader.push(last)
    }
    return to
  }

  get #isQuiet(): boolean {
    return (
      this.#parser.openSections === 0 &&
      !this.#parser.hasHeldKill &&
      this.#waiting.length === 0 &&
      this.#bystander.isWaiting?.() === false &&
      this.#reader.isQuiet
    )
  }

  /** @param line without its line break, one character per byte (latin1) */
  push(line: string): void {
    const own = ownKillsIn(line)
    if (own !== undefined) {
      for (const kill of own) this.#onExplained(kill)
      this.events += own.length
      return
    }
    const related = this.#bystander.onRelated === undefined ? undefined : relatedLine(line)
    if (related !== undefined) this.#wait({ related, lineUs: timeOf(line) })
    this.#reader.push(line)
  }

  end(): void {
    this.#reader.end()
    this.#deliver(this.#parser.end())
    this.#tellRelated()
  }

  #push(record: LogRecord): void {
    this.records++
    if (record.isRaw) {
      const last = this.#lastRawSeq
      // Backwards: another log begins. A hole: records were overwritten or left out.
      if (last !== undefined && record.seq < last) this.#deliver(this.#parser.end())
      else if (last !== undefined && record.seq > last + 1) this.#parser.tear()
      this.#lastRawSeq = record.seq
    }
    this.#see(record)
    const wasHeld = this.#parser.hasHeldKill
    const outcomes = this.#parser.push(record)
    // A kill waits for the next record of its caller; what another caller ends must not come before it.
    const isOvertaken = wasHeld && this.#parser.hasHeldKill && outcomes.length > 0
    if (isOvertaken && outcomes.every(({ type }) => type === 'no_kill')) {
      this.#deliver(this.#parser.flush())
    }
    this.#deliver(outcomes)
    // What waits came before this record, which may be the next day's.
    this.#tellUnlessHeld()
    this.#bystander.onRecord?.(record)
    const related = relatedRecord(record.text)
    if (related === undefined) return
    this.#wait({ related, lineUs: record.lineUs })
    this.#tellUnlessHeld()
  }

  /** Told when the kill before it has been. */
  #wait(seen: Seen): void {
    this.#waiting.push(seen)
    if (this.#waiting.length >= MAX_WAITING) this.#tellRelated()
  }

  /** Else they would come before the kill that they followed. */
  #tellUnlessHeld(): void {
    if (!this.#parser.hasHeldKill) this.#tellRelated()
  }

  #tellRelated(): void {
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = []
    for (const { related, lineUs } of waiting) this.#bystander.onRelated?.(related, lineUs)
  }

  /** What the parser does not need of the lines around a dump. */
  #see(record: LogRecord): void {
    if (tellsFailedAllocation(record.text)) {
      this.failures++
      this.#failures = [...this.#failures, record].slice(-MAX_FAILURES)
    } else if (record.text.startsWith('Kernel panic - ')) {
      this.#panic = record
    }
  }

  #deliver(outcomes: readonly OomOutcome[]): void {
    for (const outcome of outcomes) {
      if (outcome.type === 'kill') this.#deliverKill(outcome)
      else {
        const record = outcome.record as LogRecord
        this.#onExplained({ ...outcome, record, context: this.#contextOf(outcome) })
      }
    }
  }

  #deliverKill(kill: OomKill): void {
    const record = kill.record as LogRecord
    const { isRaw, wallUs, timestampUs, isStamped } = record
    if (this.#isRepeated(kill, record)) return
    this.#pageSizeKb = pageSizeKbOf(kill.dump, kill.victim, this.#pageSizeKb)
    const explained: ExplainedKill = {
      type: 'kill',
      kill,
      record,
      context: this.#contextOf(kill),
      time: wallUs !== undefined ? 'wall' : isStamped ? 'boot' : 'unknown',
      event: {
        ts: wallUs ?? (isStamped ? timestampUs : Date.now() * 1000),
        type: 'system_oom_kill',
        category: 'system',
        source: oomKillSource(kill, { isRaw }),
        data: oomKillFacts(kill, { pageSizeKb: this.#pageSizeKb }),
      },
    }
    this.#lastKill = explained
    this.#onExplained(explained)
  }

  /** Summaries of a log (logwatch) tell a kill twice, with nothing but its name and its pid. */
  #isRepeated({ victim, dump }: OomKill, record: LogRecord): boolean {
    const isTimed = record.isStamped || record.lineUs !== undefined || record.wallText !== undefined
    if (isTimed || victim.totalVmKb !== undefined || dump.opener !== undefined) return false
    const key = `${victim.pid} ${victim.comm}`
    if (this.#bare.has(key)) return true
    if (this.#bare.size < MAX_BARE) this.#bare.add(key)
    return false
  }

  #contextOf({ record }: OomOutcome): Context {
    const last = this.#lastKill
    const isNear = (other: LogRecord): boolean =>
      Math.abs(record.timestampUs - other.timestampUs) <= JUST_BEFORE_US
    const failures = this.#failures.filter(isNear).map(({ text }) => text)
    return {
      pageSizeKb: this.#pageSizeKb,
      previous:
        last !== undefined && isNear(last.record)
          ? { name: last.event.data.process_name, rssKb: last.event.data.rss_kb }
          : undefined,
      failures: failures.length === 0 ? undefined : failures,
      panic: this.#panic !== undefined && isNear(this.#panic) ? this.#panic.text : undefined,
    }
  }
}

/** The slab allocator's and the page allocator's own words. */
function tellsFailedAllocation(text: string): boolean {
  return text.startsWith('SLUB: Unable to allocate') || text.includes('page allocation failure')
}

/** Of a line that is no kernel's, by its prefix. */
function timeOf(line: string): number | undefined {
  const { wallUs, yearlessUs } = stripPrefix(line)
  return wallUs ?? yearlessUs
}
