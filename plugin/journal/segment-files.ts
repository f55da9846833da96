/** The segments of a part on disk: the one that is written, its syncs, and when a new one begins. */

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import { type Segment, segmentName } from './segment.ts'
import { SegmentWriter } from './writer.ts'

export interface SegmentFilesOptions {
  readonly folder: string
  readonly isTrusted: boolean
  /** Of all segments together. */
  readonly maxBytes: number
}

const SEGMENTS = 32
const SEGMENT_BYTES = { least: 64 * 1024, most: 4 * 1024 * 1024 }

export class SegmentFiles {
  readonly #options: SegmentFilesOptions
  readonly #log: FastifyBaseLogger
  readonly #onNew: () => void
  readonly #segmentBytes: number
  #all: Segment[] = []
  #writer: SegmentWriter | undefined
  /** The syncs, still under way, of segments that are written no more. */
  readonly #finishing = new Set<Promise<void>>()

  /** @param onNew called a turn of the event loop after a segment was begun */
  constructor(options: SegmentFilesOptions, log: FastifyBaseLogger, onNew: () => void) {
    this.#options = options
    this.#log = log
    this.#onNew = onNew
    const { least, most } = SEGMENT_BYTES
    this.#segmentBytes = Math.min(most, Math.max(least, Math.floor(options.maxBytes / SEGMENTS)))
  }

  /** Oldest first. */
  get all(): Segment[] {
    return this.#all
  }

  get bytes(): number {
    return this.#all.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Takes over those that were found. */
  take(found: Segment[]): void {
    this.#all = found
  }

  /** Goes on with the last of them. @throws a system error */
  goOn(tail: Segment): void {
    this.#writer = new SegmentWriter(this.#options.folder, tail, false)
  }

  /** @param n the event's number in this part @throws a system error */
  append(line: Buffer, seq: number, n: number): void {
    this.#writerFor(line.length, seq, n).append(line)
  }

  async sync(): Promise<void> {
    await this.#writer?.sync()
  }

  /** All that was appended is on disk. @throws a system error */
  async settled(): Promise<void> {
    await Promise.all([this.#writer?.sync(), ...this.#finishing])
  }

  async close(): Promise<void> {
    await Promise.all([this.#writer?.close(), ...this.#finishing])
  }

  /** Writes no more to the last one: it failed. */
  abandon(): void {
    const writer = this.#writer
    this.#writer = undefined
    writer?.close().catch(() => {})
    if (writer?.segment.bytes === 0) this.drop(writer.segment)
  }

  drop(segment: Segment): void {
    this.#all.splice(this.#all.indexOf(segment), 1)
    try {
      rmSync(join(this.#options.folder, segment.name), { force: true })
    } catch {
      // A disk that has become read-only: the next start finds it, and knows that it was reported.
    }
  }

  #writerFor(length: number, seq: number, n: number): SegmentWriter {
    const current = this.#writer
    if (current !== undefined) {
      const { bytes } = current.segment
      if (bytes === 0 || bytes + length <= this.#segmentBytes) return current
    }
    const { folder, isTrusted } = this.#options
    const name = segmentName(seq, n)
    const segment: Segment = { name, firstSeq: seq, firstN: n, isTrusted, bytes: 0 }
    this.#writer = new SegmentWriter(folder, segment, true)
    this.#all.push(segment)
    if (current !== undefined) this.#finish(current)
    setImmediate(this.#onNew)
    return this.#writer
  }

  #finish(writer: SegmentWriter): void {
    const finishing = writer
      .close()
      .catch(error => this.#log.error({ err: error }, 'a file of the journal could not be synced'))
      .finally(() => this.#finishing.delete(finishing))
    this.#finishing.add(finishing)
  }
}
