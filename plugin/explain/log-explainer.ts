/** From a saved log to the kills in it: the parser of the live watcher over the log's records. */

import type { SystemOomKillEvent } from '../../generated/types.ts'
import { sumsOf, type TableSums } from '../diagnosis/families.ts'
import { type OomKillFacts, oomKillFacts, oomKillSource } from '../oom/event.ts'
import { type OomKill, type OomOutcome, OomParser, type OomWithoutKill } from '../oom/parser.ts'
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
  /** Of the dump's table of processes, where it has one. */
  readonly sums: TableSums | undefined
}

export type ExplainedDump = OomWithoutKill & { readonly sums: TableSums | undefined }
export type Explained = ExplainedKill | ExplainedDump

/** Takes a log line by line; bounded in memory whatever the log's length. */
export class LogExplainer {
  readonly #parser = new OomParser()
  readonly #onExplained: (explained: Explained) => void
  readonly #reader = new LogReader(record => this.#push(record))
  #lastRawSeq: number | undefined
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
    this.#deliver(this.#parser.push(record))
  }

  #deliver(outcomes: readonly OomOutcome[]): void {
    for (const outcome of outcomes) {
      const sums = sumsOf(outcome.dump.tasks)
      if (outcome.type !== 'kill') {
        this.#onExplained({ ...outcome, sums })
        continue
      }
      const { isRaw, wallUs, timestampUs, isStamped } = outcome.record as LogRecord
      this.#onExplained({
        type: 'kill',
        kill: outcome,
        sums,
        time: wallUs !== undefined ? 'wall' : isStamped ? 'boot' : 'unknown',
        event: {
          ts: wallUs ?? (isStamped ? timestampUs : Date.now() * 1000),
          type: 'system_oom_kill',
          category: 'system',
          source: oomKillSource(outcome, { isRaw }),
          data: oomKillFacts(outcome),
        },
      })
    }
  }
}
