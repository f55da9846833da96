/**
 * A segment: one file of the journal, lines in the order of their numbers.
 *
 *     0000000000000117-000000000042.jsonl      sequence number and number of its first event
 */

import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  readdirSync,
  readSync,
} from 'node:fs'
import { join } from 'node:path'
import { openFile } from '../state/open-file.ts'
import { decodeLine, type JournalLine } from './line.ts'

export interface Segment {
  readonly name: string
  /** Sequence number of its first event. */
  readonly firstSeq: number
  /** Number of its first event in the journal. */
  readonly firstN: number
  /** Whether it is of the part for trusted events. */
  readonly isTrusted: boolean
  bytes: number
}

const NEWLINE = 0x0a
const NAME = /^(\d{16})-(\d{12})\.jsonl$/

export function segmentName(firstSeq: number, firstN: number): string {
  return `${String(firstSeq).padStart(16, '0')}-${String(firstN).padStart(12, '0')}.jsonl`
}

/** The segments in a folder, if there is one, oldest first. @throws a system error */
export function listSegments(folder: string, isTrusted: boolean): Segment[] {
  const segments: Segment[] = []
  const names = existsSync(folder) ? readdirSync(folder).sort() : []
  for (const name of names) {
    const [, seq, n] = NAME.exec(name) ?? []
    if (seq === undefined) continue
    segments.push({
      name,
      firstSeq: Number(seq),
      firstN: Number(n),
      isTrusted,
      bytes: lstatSync(join(folder, name)).size,
    })
  }
  return segments
}

/** Whether it was written last so many milliseconds ago, or earlier. */
export function isOlderThan(folder: string, { name }: Segment, age: number): boolean {
  const { mtimeMs } = lstatSync(join(folder, name), { throwIfNoEntry: false }) ?? {}
  return mtimeMs !== undefined && Date.now() - mtimeMs > age
}

/** What a look at a whole segment found. */
export interface Scan {
  /** The lines that are whole and in order. */
  readonly lines: readonly JournalLine[]
  /** Bytes up to the end of the last line that ends in a newline. */
  readonly wholeBytes: number
  /** Whether every one of these is a line, in order. */
  readonly isSound: boolean
  /** Numbers, from the segment's first, that no line speaks for: none where nothing is lost. */
  readonly holes: readonly Hole[]
}

export interface Hole {
  /** Number of the first event that is missing. */
  readonly n: number
  readonly lost: number
  /** Times of the events beside it, in Unix microseconds. */
  readonly after: number | undefined
  readonly before: number | undefined
}

/** @param endN number of the last event that was in it */
export function scanSegment(
  bytes: Buffer,
  { firstN, isTrusted }: Pick<Segment, 'firstN' | 'isTrusted'>,
  endN: number
): Scan {
  const lines: JournalLine[] = []
  const holes: Hole[] = []
  let isSound = true
  let nextN = firstN
  let ts: number | undefined
  let start = 0
  const expect = (n: number, before: number | undefined): void => {
    if (n > nextN) holes.push({ n: nextN, lost: n - nextN, after: ts, before })
  }
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
    const line = decodeLine(bytes.subarray(start, end), isTrusted)
    start = end + 1
    if (line === undefined || line.n < nextN) {
      isSound = false
      continue
    }
    const time = 'event' in line ? line.event.ts : undefined
    expect(line.n, time)
    nextN = line.n + ('lost' in line ? line.lost : 1)
    ts = time ?? ts
    lines.push(line)
  }
  expect(endN + 1, undefined)
  return { lines, wholeBytes: start, isSound: isSound && holes.length === 0, holes }
}

let shared: WeakRef<Buffer> | undefined

/** Memory for what is read and left behind before anybody else reads. */
function sharedBytes(length: number): Buffer {
  const known = shared?.deref()
  if (known !== undefined && known.length >= length) return known
  const bytes = Buffer.allocUnsafeSlow(length)
  shared = new WeakRef(bytes)
  return bytes
}

/** Reads the lines of a file one after the other, in bounded memory, also while it grows. */
export class SegmentReader {
  readonly #isTrusted: boolean
  readonly #fd: number
  #buffer = Buffer.alloc(64 * 1024)
  #start = 0
  #end = 0
  #offset = 0

  /** @throws why it cannot be read */
  constructor(folder: string, { name, isTrusted }: Segment) {
    this.#isTrusted = isTrusted
    this.#fd = openFile(join(folder, name), constants.O_RDONLY)
  }

  /** @returns the next line that is whole and in order; undefined at the end of what is there */
  next(): JournalLine | undefined {
    for (;;) {
      const newline = this.#buffer.indexOf(NEWLINE, this.#start)
      // Beyond the end lies what was read before.
      if (newline === -1 || newline >= this.#end) {
        if (this.#end - this.#start < this.#buffer.length) {
          if (!this.#fill()) return undefined
          continue
        }
        const long = this.#longLine()
        if (long === undefined) return undefined
        const line = decodeLine(long, this.#isTrusted)
        if (line !== undefined) return line
        continue
      }
      const bytes = this.#buffer.subarray(this.#start, newline)
      const line = decodeLine(bytes, this.#isTrusted)
      this.#start = newline + 1
      if (line !== undefined) return line
    }
  }

  /**
   * Goes to a place before the event after a sequence number, and near it: lines are in their order,
   * so a file of megabytes need not be read for its last event. Before the first `next`.
   */
  seek(after: number): void {
    let low = 0
    let high = fstatSync(this.#fd).size
    while (high - low > this.#buffer.length) {
      const middle = (low + high) >>> 1
      const found = this.#lineAt(middle)
      // Longer lines than fit, or damaged ones: from here on one after the other.
      if (found === undefined) break
      if (found.seq <= after) low = found.offset
      else high = middle
    }
    this.#offset = low
  }

  close(): void {
    closeSync(this.#fd)
  }

  /** The first sound line of an event that begins after an offset, among those that fit in the buffer. */
  #lineAt(offset: number): { seq: number; offset: number } | undefined {
    const bytes = this.#buffer.subarray(0, this.#read(offset))
    let start = bytes.indexOf(NEWLINE) + 1
    for (
      let end = bytes.indexOf(NEWLINE, start);
      start > 0 && end !== -1;
      end = bytes.indexOf(NEWLINE, start)
    ) {
      const line = decodeLine(bytes.subarray(start, end), this.#isTrusted)
      if (line !== undefined && 'event' in line) {
        return { seq: line.event.seq, offset: offset + start }
      }
      start = end + 1
    }
    return undefined
  }

  #fill(): boolean {
    this.#buffer.copyWithin(0, this.#start, this.#end)
    this.#end -= this.#start
    this.#start = 0
    const length = this.#read(this.#offset)
    this.#offset += length
    this.#end += length
    return length > 0
  }

  /**
   * A line that is longer than the buffer, which is full of its beginning. In memory that all readers
   * share: hundreds may be at such a line, and would each keep a megabyte.
   *
   * @returns undefined where its end is not there yet
   */
  #longLine(): Buffer | undefined {
    const begin = this.#offset - (this.#end - this.#start)
    for (let length = this.#buffer.length * 4; ; length *= 4) {
      const bytes = sharedBytes(length)
      const got = this.#read(begin, bytes.subarray(0, length))
      const newline = bytes.subarray(0, got).indexOf(NEWLINE)
      if (newline !== -1) {
        this.#start = 0
        this.#end = 0
        this.#offset = begin + newline + 1
        return bytes.subarray(0, newline)
      }
      if (got < length) return undefined
    }
  }

  /** @returns 0 at the end, and where the disk gives no more: the reader is told what is missing */
  #read(offset: number, into: Buffer = this.#buffer.subarray(this.#end)): number {
    try {
      return readSync(this.#fd, into, 0, into.length, offset)
    } catch {
      return 0
    }
  }
}
