/**
 * One line of the journal: an envelope, as JSON that any tool reads.
 *
 *     {"crc32":"1c291ca3","n":42,"seq":117,"event":{"ts":1764000000123456,"type":...}}
 *     {"crc32":"9a0b44e1","n":43,"lost":5}
 *
 * `n` counts the events of the journal, so that what is missing can be counted. The
 * second form stands for `lost` events, numbered from `n`, that could not be read any more and were
 * reported. The format is the project's own.
 */

import type { EventCategory } from '../../generated/types.ts'
import { type PublishedEvent, publishedEvent } from '../events/envelope.ts'
import { Slabs } from '../events/slabs.ts'
import { checkedRest, HEAD_BYTES, isChecksum, putChecksum } from '../state/checksum.ts'

const NEWLINE = 0x0a
/**
 * The beginning of nearly every line up to what readers filter by, in one go: a journal of 64 MB is read in half the
 * time. Of other lines (a hole, a type with escapes or of another script) the parts are read one after the other.
 */
const PLAIN =
  /^\{"crc32":"([0-9a-f]{8})","n":(\d{1,16}),"seq":(\d{1,16}),"event":\{"ts":(\d+),"type":"([ !#-[\]-~]*)","category":"([a-z]+)"/
const PLAIN_BYTES = 256
/** Bytes of `"n":,` */
const NUMBER_BYTES = 5
const NUMBER = /^"n":(\d{1,16}),/
const LOST = /^"lost":(\d{1,16})\}$/
/** The fixed beginning that `sealEnvelope` gives every envelope. */
const ENVELOPE =
  /^"seq":(\d{1,16}),"event":\{"ts":(\d+),"type":("(?:[^"\\]|\\.)*"),"category":"([a-z]+)"/
/** The longest type that is looked for before the whole envelope is parsed, in bytes. */
const ENVELOPE_HEAD_BYTES = 512

/** For events that were read: most are forgotten as soon as they are passed on. */
const READ = new Slabs()

/** An event with its number in the journal. */
export interface JournalledEvent {
  readonly n: number
  readonly event: PublishedEvent
}

/** Events that were lost and reported: `lost` of them, from `n`. */
export interface JournalHole {
  readonly n: number
  readonly lost: number
}

export type JournalLine = JournalledEvent | JournalHole

export function encodeEvent({ n, event }: JournalledEvent): Buffer {
  const number = `"n":${n},`
  const { json } = event
  // The envelope without its opening brace follows the line's own.
  const end = HEAD_BYTES + number.length + json.length - 1
  const line = Buffer.allocUnsafe(end + 1)
  line.write(number, HEAD_BYTES, 'latin1')
  json.copy(line, HEAD_BYTES + number.length, 1)
  return finished(line, end)
}

export function encodeHole({ n, lost }: JournalHole): Buffer {
  const body = `"n":${n},"lost":${lost}}`
  const end = HEAD_BYTES + body.length
  const line = Buffer.allocUnsafe(end + 1)
  line.write(body, HEAD_BYTES, 'latin1')
  return finished(line, end)
}

/** With its checksum and its newline. */
function finished(line: Buffer, end: number): Buffer {
  line[end] = NEWLINE
  putChecksum(line, end)
  return line
}

/**
 * @param line without its newline
 * @param isTrusted whether it is in the part for trusted events
 * @returns undefined for a line that is torn or damaged
 */
export function decodeLine(line: Buffer, isTrusted: boolean): JournalLine | undefined {
  const plain = PLAIN.exec(line.toString('latin1', 0, PLAIN_BYTES))
  if (plain === null) return decodeParts(line, isTrusted)
  const [, sum, n, seq, ts, type, category] = plain as unknown as PlainParts
  if (!isChecksum(sum, line)) return undefined
  const head = { seq: Number(seq), ts: Number(ts), type, category, isTrusted }
  const from = HEAD_BYTES + NUMBER_BYTES + n.length
  return { n: Number(n), event: publishedEvent(head, READ, line, from) }
}

type PlainParts = [
  line: string,
  sum: string,
  n: string,
  seq: string,
  ts: string,
  type: string,
  category: EventCategory,
]

function decodeParts(line: Buffer, isTrusted: boolean): JournalLine | undefined {
  const body = checkedRest(line)
  if (body === undefined) return undefined
  const number = NUMBER.exec(body.toString('latin1', 0, 32))
  if (number === null) return undefined
  const n = Number(number[1])
  const rest = body.subarray(number[0].length)
  const lost = LOST.exec(rest.toString('latin1', 0, 32))
  if (lost !== null) return { n, lost: Number(lost[1]) }
  const event = decodeEnvelope(rest, isTrusted)
  return event === undefined ? undefined : { n, event }
}

/** @param rest an envelope without its opening brace */
function decodeEnvelope(rest: Buffer, isTrusted: boolean): PublishedEvent | undefined {
  // Only the fields that readers filter by are read: most envelopes are passed on as they are.
  const [, seq, ts, type, category] =
    ENVELOPE.exec(rest.toString('latin1', 0, ENVELOPE_HEAD_BYTES)) ??
    ENVELOPE.exec(rest.toString('latin1')) ??
    []
  if (seq === undefined) return undefined
  return publishedEvent(
    {
      seq: Number(seq),
      ts: Number(ts),
      type: JSON.parse(Buffer.from(type!, 'latin1').toString()) as string,
      category: category as EventCategory,
      isTrusted,
    },
    READ,
    rest,
    0
  )
}
