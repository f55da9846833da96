/** Journals of the tests' own, driven without a server. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import Fastify from 'fastify'
import type { EventCategory } from '../../generated/types.ts'
import { type PublishedEvent, sealEnvelope } from '../../plugin/events/envelope.ts'
import type { Reporter } from '../../plugin/events/reporter.ts'
import { Journal, type JournalHistory, type JournalOptions } from '../../plugin/journal/journal.ts'
import type { JournalLoss } from '../../plugin/journal/loss.ts'
import type { Recovery } from '../../plugin/journal/recovery.ts'

export const ALL = { events: 1e6, bytes: 1e9 }

export interface OpenJournal {
  readonly journal: Journal
  /** With what the part for events that are not trusted recovered, as most of the tests' are not. */
  readonly recovery: Recovery & JournalHistory
  readonly losses: JournalLoss[]
  /** What it logged, as objects. */
  readonly logged: Array<Record<string, unknown> & { readonly msg: string }>
  /** Appends an event with the next sequence number. */
  readonly append: (data?: unknown, category?: EventCategory, reporter?: Reporter) => PublishedEvent
}

/** Opens a journal in the folder; it is left open, as a killed process leaves it, unless closed. */
export function openJournal(
  t: Pick<TestContext, 'after'>,
  folder: string,
  options: Partial<JournalOptions> = {},
  bounds = ALL
): OpenJournal {
  const losses: JournalLoss[] = []
  const logged: OpenJournal['logged'] = []
  const stream = { write: (line: string) => void logged.push(JSON.parse(line)) }
  const journal = new Journal(
    {
      folder,
      bootId: 'boot',
      categories: new Set<EventCategory>(['system', 'monitor']),
      maxBytes: 64 * 1024 * 1024,
      maxAge: 1e12,
      sync: 'never',
      ...options,
    },
    Fastify({ logger: { stream } }).log,
    loss => losses.push(loss)
  )
  const history = journal.open(bounds)
  t.after(() => journal.close())
  let { nextSeq } = history
  return {
    journal,
    recovery: { ...history.other, ...history },
    losses,
    logged,
    append(data = {}, category = 'system', reporter = 'http') {
      const event = sealEnvelope(nextSeq, {
        ts: 1_764_000_000_000_000 + nextSeq,
        type: 'note',
        category,
        source: { kind: 'local_process', metadata: { reporter } },
        data,
      })
      nextSeq++
      journal.append(event)
      return event
    },
  }
}

/** Sequence numbers of what a cursor gives. */
export function read(journal: Journal, after = 0): number[] {
  const cursor = journal.readerAfter(after)
  const seqs: number[] = []
  for (let event = cursor.next(); event !== undefined; event = cursor.next()) seqs.push(event.seq)
  cursor.close()
  return seqs
}

/** The segments' names, oldest first. */
export function segmentsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.jsonl'))
    .sort()
}

/** The lines of all segments. */
export function linesIn(folder: string): string[] {
  return segmentsIn(folder).flatMap(name =>
    readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1)
  )
}

/** The timers that run, of those that are started from now on. */
export function runningTimers(t: TestContext): ReadonlySet<unknown> {
  const running = new Set<unknown>()
  for (const [start, stop] of [
    ['setInterval', 'clearInterval'],
    ['setTimeout', 'clearTimeout'],
  ] as const) {
    const [begin, end] = [globalThis[start], globalThis[stop]]
    t.mock.method(globalThis, start, (run: () => void, ms: number) => {
      const timer = begin(() => {
        if (start === 'setTimeout') running.delete(timer)
        run()
      }, ms)
      running.add(timer)
      return timer
    })
    t.mock.method(globalThis, stop, (timer: NodeJS.Timeout | undefined) => {
      running.delete(timer)
      end(timer)
    })
  }
  return running
}
