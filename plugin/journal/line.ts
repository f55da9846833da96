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
import { checkedRest, HEAD_BYTES, isSound, putChecksum } from '../state/checksum.ts'
import { LineFields } from './line-fields.ts'

const NEWLINE = 0x0a
/** What stands before the values of an event's line, up to what readers filter by: the rest is passed on as it is. */
const BEFORE = {
  n: Buffer.from('"n":'),
  seq: Buffer.from(',"seq":'),
  ts: Buffer.from(',"event":{"ts":'),
  type: Buffer.from(',"type":"'),
  category: Buffer.from(',"category":"'),
}
const HOLE = /^"n":(\d{1,16}),"lost":(\d{1,16})\}$/
/** Of a type as it stands in JSON: what is not what it says. */
const ESCAPED = /[^ -~]|\\/
/** For events that were read: most are forgotten as soon as they are passed on. */
const READ = new Slabs()
/** Of the last line: events of a kind come together, and then share these. */
let lastType = ''
let lastCategory = ''

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
  const fields = new LineFields(line, HEAD_BYTES)
  const n = fields.number(BEFORE.n)
  const from = fields.at + 1
  const seq = fields.number(BEFORE.seq)
  const ts = fields.number(BEFORE.ts)
  const type = fields.string(BEFORE.type, lastType)
  const category = fields.string(BEFORE.category, lastCategory) as EventCategory
  if (fields.isOther) return decodeHole(line)
  if (!isSound(line)) return undefined
  lastType = type
  lastCategory = category
  const head = { seq, ts, type: ESCAPED.test(type) ? unescaped(type) : type, category, isTrusted }
  return { n, event: publishedEvent(head, READ, line, from) }
}

/** @param latin1 text of JSON, a character for each of its bytes */
function unescaped(latin1: string): string {
  return JSON.parse(`"${Buffer.from(latin1, 'latin1').toString()}"`) as string
}

function decodeHole(line: Buffer): JournalHole | undefined {
  const hole = HOLE.exec(checkedRest(line)?.toString('latin1') ?? '')
  return hole === null ? undefined : { n: Number(hole[1]), lost: Number(hole[2]) }
}
