/** Reading back from the sink's own S2 stream what this machine no longer holds. */

import type { S2Stream } from '@s2-dev/streamstore'
import type { EventCategory } from '../../../generated/types.ts'
import type { ArchivedEvent, ArchiveRange } from '../../stream/archive.ts'
import { headerOf, isCommand, type ReadFields } from './s2-record.ts'

/** Where the sink stands: its next record would be at `position`, the last one was `seq`. */
export interface ArchiveEnd {
  readonly origin: string
  readonly position: number
  readonly seq: number
}

const RECORDS_A_READ = 250
/** How often a guessed place is mended before the stream is read from its beginning. */
const MAX_GUESSES = 4

/** Events of this machine's numbers, oldest first. @throws what the SDK throws */
export async function* readBack(
  stream: S2Stream,
  end: ArchiveEnd,
  { from, since, before }: ArchiveRange,
  signal: AbortSignal
): AsyncGenerator<ArchivedEvent> {
  let position: number | undefined =
    from > 0 ? await findPosition(stream, end, from, signal) : undefined
  for (;;) {
    const start = position === undefined ? { timestamp: since ?? 0 } : { seqNum: position }
    const records = await read(stream, start, RECORDS_A_READ, signal)
    for (const record of records) {
      position = record.seqNum + 1
      const seq = ownSeq(record, end.origin)
      if (seq === undefined || seq < from) continue
      if (seq >= before) return
      yield toArchivedEvent(record, seq)
    }
    if (records.length === 0 || position === undefined || position >= end.position) return
  }
}

/**
 * A position at or before that of an event. Numbers and positions run in step but for numbers that
 * were never delivered and records of others, so the first guess is nearly always right.
 */
async function findPosition(
  stream: S2Stream,
  end: ArchiveEnd,
  from: number,
  signal: AbortSignal
): Promise<number> {
  let guess = end.position - (end.seq - from + 1)
  for (let tries = 0; tries < MAX_GUESSES && guess > 0; tries++) {
    const records = await read(stream, { seqNum: guess }, 10, signal)
    const seqs = records.map(record => ownSeq(record, end.origin))
    const seq = seqs.find(each => each !== undefined)
    if (seq !== undefined && seq <= from) return guess
    guess -= seq === undefined ? RECORDS_A_READ : seq - from
  }
  return 0
}

async function read(
  stream: S2Stream,
  from: { seqNum: number } | { timestamp: number },
  count: number,
  signal: AbortSignal
) {
  try {
    const input = { start: { from }, stop: { limits: { count } } }
    return (await stream.read(input, { as: 'bytes', signal })).records
  } catch (error) {
    // 416: nothing is there yet.
    if ((error as { status?: number }).status === 416) return []
    throw error
  }
}

function ownSeq(record: ReadFields, origin: string): number | undefined {
  if (isCommand(record) || headerOf(record, 'origin') !== origin) return undefined
  return Number(headerOf(record, 'seq'))
}

function toArchivedEvent(record: ReadFields, seq: number): ArchivedEvent {
  const { body } = record
  const { event } = JSON.parse(Buffer.from(body).toString()) as { event: { ts: number } }
  return {
    seq,
    ts: event.ts,
    type: headerOf(record, 'type') ?? '',
    category: headerOf(record, 'category') as EventCategory,
    json: body,
  }
}
