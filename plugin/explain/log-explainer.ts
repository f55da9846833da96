/** From a saved log to the kills in it: the parser of the live watcher over the log's records. */

import type { SystemOomKillEvent } from '../../generated/types.ts'
import type { Context } from '../diagnosis/case.ts'
import { type OomKillFacts, oomKillFacts, oomKillSource } from '../oom/event.ts'
import { type OomKill, type OomOutcome, OomParser, type OomWithoutKill } from '../oom/parser.ts'
import { printable } from '../units.ts'
import { LogReader, type LogRecord } from './saved-log.ts'

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
}

export type ExplainedDump = OomWithoutKill & { readonly context: Context }
export type Explained = ExplainedKill | ExplainedDump

/** A kill this long before another may have given it its memory. */
const JUST_BEFORE_US = 10_000_000
/** Lines kept of allocations that failed. */
const MAX_FAILURES = 4

/** Takes a log line by line; bounded in memory whatever the log's length. */
export class LogExplainer {
  readonly #parser = new OomParser()
  readonly #onExplained: (explained: Explained) => void
  readonly #reader = new LogReader(record => this.#push(record))
  #lastRawSeq: number | undefined
  #lastKill: ExplainedKill | undefined
  #failures: LogRecord[] = []
  #panic: LogRecord | undefined
  /** Lines of the kernel seen. */
  records = 0

  constructor(onExplained: (explained: Explained) => void) {
    this.#onExplained = onExplained
  }

  /** @param line without its line break, one character per byte (latin1) */
  push(line: string): void {
    this.#reader.push(line)
  }

  end(): void {
    this.#reader.end()
    this.#deliver(this.#parser.end())
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
    this.#deliver(this.#parser.push(record))
  }

  /** What the parser does not need of the lines around a dump. */
  #see(record: LogRecord): void {
    if (isFailedAllocation(record.text)) {
      this.#failures = [...this.#failures, record].slice(-MAX_FAILURES)
    } else if (record.text.startsWith('Kernel panic - ')) {
      this.#panic = record
    }
  }

  #deliver(outcomes: readonly OomOutcome[]): void {
    for (const outcome of outcomes) {
      if (outcome.type === 'kill') this.#deliverKill(outcome)
      else this.#onExplained({ ...outcome, context: this.#contextOf(outcome) })
    }
  }

  #deliverKill(kill: OomKill): void {
    const record = kill.record as LogRecord
    const { isRaw, wallUs, timestampUs, isStamped } = record
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
        data: oomKillFacts(kill),
      },
    }
    this.#lastKill = explained
    this.#onExplained(explained)
  }

  #contextOf({ record }: OomOutcome): Context {
    const last = this.#lastKill
    const isNear = (other: LogRecord): boolean =>
      Math.abs(record.timestampUs - other.timestampUs) <= JUST_BEFORE_US
    const failures = this.#failures.filter(isNear).map(({ text }) => text)
    return {
      previous:
        last !== undefined && isNear(last.record)
          ? { name: printable(last.event.data.process_name), rssKb: last.event.data.rss_kb }
          : undefined,
      failures: failures.length === 0 ? undefined : failures,
      panic: this.#panic !== undefined && isNear(this.#panic) ? this.#panic.text : undefined,
    }
  }
}

/** The slab allocator's and the page allocator's own words. */
function isFailedAllocation(text: string): boolean {
  return text.startsWith('SLUB: Unable to allocate') || text.includes('page allocation failure')
}
