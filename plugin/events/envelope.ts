/**
 * The envelope `{"seq": N, "event": {...}}` and its two forms on the wire: JSON, and the SSE frame
 * `id: N\ndata: JSON\n\n` (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 *
 * An envelope is serialised once, whatever the number of its readers: the JSON is a part of the
 * frame's bytes.
 */

import type { EventCategory, EventEnvelope, EventSource } from '../../generated/types.ts'
import { isTrusted } from './reporter.ts'
import { type KeptBytes, Slabs } from './slabs.ts'

/** The longest envelope, in bytes of JSON. S2 takes no larger record (1 MiB, with its headers). */
export const MAX_ENVELOPE_BYTES = 1_000_000
const JSON_BEGIN = '{'
const FRAME_END = '\n\n'
/** Of a frame, around its sequence number. */
const BEFORE_SEQ = 'id: '
const AFTER_SEQ = '\ndata: '
const NEWLINE = 0x0a
const ZERO = 0x30
const OPENING_BRACE = 0x7b
const TRUNCATED = ',"truncated":true'
/** No event that is whole ends so: what an object in it ends with is one brace further from the end. */
const TRUNCATED_END = Buffer.from(`${TRUNCATED}}}${FRAME_END}`)
const PUBLISHED = new Slabs()

/** An event before it is published. */
export interface TelemetryEventInput {
  /** Unix microseconds: when it happened. */
  readonly ts: number
  readonly type: string
  readonly category: EventCategory
  readonly source: EventSource
  /** Any JSON value; absent when there is none. */
  readonly data?: unknown
  /** The same as JSON, where it is written already. */
  readonly dataJson?: string | undefined
}

/** A published event, as the ring keeps it. */
export interface PublishedEvent {
  readonly seq: number
  /** Unix microseconds. */
  readonly ts: number
  readonly type: string
  readonly category: EventCategory
  /** See {@link isTrusted}; of one that was read back, whether it is kept as one. */
  readonly isTrusted: boolean
  /** The SSE frame, UTF-8. */
  readonly frame: Buffer
  readonly frameBytes: number
  /** The envelope's JSON: a view of the frame's bytes. */
  readonly json: Buffer
}

export function sealEnvelope(seq: number, input: TelemetryEventInput): PublishedEvent {
  let json = envelopeJson(seq, input, input.source)
  if (isTooLarge(json)) {
    const truncated = { ...input, data: null, dataJson: undefined }
    json = envelopeJson(seq, truncated, input.source, true)
    const { kind, event, metadata } = input.source
    // Who reports it is not the producer's to cut off.
    const kept = metadata?.reporter === undefined ? undefined : { reporter: metadata.reporter }
    if (isTooLarge(json)) json = envelopeJson(seq, truncated, { kind, event, metadata: kept }, true)
    if (isTooLarge(json)) json = envelopeJson(seq, truncated, { kind, metadata: kept }, true)
  }
  const { ts, type, category } = input
  const event = { seq, ts, type, category, isTrusted: isTrusted(type, input.source) }
  const head = frameHead(seq)
  return new KeptEvent(event, head.length, PUBLISHED.keepText(head + json + FRAME_END))
}

/** The envelope as an object. */
export function readEnvelope({ json }: PublishedEvent): EventEnvelope {
  return JSON.parse(json.toString()) as EventEnvelope
}

/**
 * The same for who has what it was sealed of, which is not read again.
 *
 * @param input its data is as JSON has it, and the caller's own
 */
export function envelopeOf(published: PublishedEvent, input: TelemetryEventInput): EventEnvelope {
  if (KeptEvent.isTruncated(published)) return readEnvelope(published)
  const { ts, type, category, data } = input
  const { kind, event, metadata } = input.source
  const source = event === undefined ? { kind, metadata } : { kind, event, metadata }
  return {
    seq: published.seq,
    event:
      data === undefined ? { ts, type, category, source } : { ts, type, category, source, data },
  }
}

/** The event of a frame that was kept as its bytes alone. */
export function openFrame(frame: Buffer): PublishedEvent {
  const begin = frame.indexOf(JSON_BEGIN)
  const { seq, event } = JSON.parse(frame.toString('utf8', begin)) as EventEnvelope
  const { ts, type, category, source } = event
  const head = { seq, ts, type, category, isTrusted: isTrusted(type, source) }
  return new KeptEvent(head, begin, { slab: frame, start: 0, length: frame.length })
}

type EventHead = Pick<PublishedEvent, 'seq' | 'ts' | 'type' | 'category' | 'isTrusted'>

/**
 * @param slabs where its bytes are kept, beside others that are kept as long
 * @param line ends with the envelope, on one line, without its opening brace
 * @param from where that begins
 */
export function publishedEvent(
  event: EventHead,
  slabs: Slabs,
  line: Buffer,
  from: number
): PublishedEvent {
  const digits = countDigits(event.seq)
  const headBytes = BEFORE_SEQ.length + digits + AFTER_SEQ.length
  const begin = headBytes + JSON_BEGIN.length
  const place = slabs.take(begin + line.length - from + FRAME_END.length)
  const { slab, start } = place
  // By hand, byte by byte: to write a string takes twice as long, for each of a hundred thousand.
  let at = start
  for (let i = 0; i < BEFORE_SEQ.length; i++) slab[at++] = BEFORE_SEQ.charCodeAt(i)
  let rest = event.seq
  for (let digit = at + digits - 1; digit >= at; digit--) {
    slab[digit] = ZERO + (rest % 10)
    rest = Math.floor(rest / 10)
  }
  at += digits
  for (let i = 0; i < AFTER_SEQ.length; i++) slab[at++] = AFTER_SEQ.charCodeAt(i)
  slab[at++] = OPENING_BRACE
  const end = at + line.copy(slab, at, from)
  slab[end] = NEWLINE
  slab[end + 1] = NEWLINE
  return new KeptEvent(event, headBytes, place)
}

/** Decimal digits of a number, 0 or up and an integer. */
function countDigits(value: number): number {
  let digits = 1
  for (let bound = 10; value >= bound; bound *= 10) digits++
  return digits
}

/** The frames of several events as one: without a copy of those that lie side by side, as they were published or read. */
export function joinFrames(events: readonly PublishedEvent[]): Buffer {
  return KeptEvent.join(events)
}

function frameHead(seq: number): string {
  return `${BEFORE_SEQ}${seq}${AFTER_SEQ}`
}

/** The bytes are not fields: thousands of events are kept, and few of them are being read. */
class KeptEvent implements PublishedEvent {
  readonly seq: number
  readonly ts: number
  readonly type: string
  readonly category: EventCategory
  readonly isTrusted: boolean
  readonly frameBytes: number
  readonly #slab: Buffer
  readonly #start: number
  readonly #headBytes: number

  constructor(event: EventHead, headBytes: number, frame: KeptBytes) {
    this.seq = event.seq
    this.ts = event.ts
    this.type = event.type
    this.category = event.category
    this.isTrusted = event.isTrusted
    this.frameBytes = frame.length
    this.#slab = frame.slab
    this.#start = frame.start
    this.#headBytes = headBytes
  }

  /** @param events all are made here */
  static join(events: readonly PublishedEvent[]): Buffer {
    const pieces: Buffer[] = []
    let slab: Buffer | undefined
    let start = 0
    let end = 0
    for (const event of events as readonly KeptEvent[]) {
      if (event.#slab !== slab || event.#start !== end) {
        if (slab !== undefined) pieces.push(slab.subarray(start, end))
        slab = event.#slab
        start = event.#start
        end = start
      }
      end += event.frameBytes
    }
    const last = slab?.subarray(start, end) ?? Buffer.alloc(0)
    return pieces.length === 0 ? last : Buffer.concat([...pieces, last])
  }

  /** @param event made here */
  static isTruncated(event: PublishedEvent): boolean {
    const kept = event as KeptEvent
    const from = kept.#start + kept.frameBytes - TRUNCATED_END.length
    return TRUNCATED_END.every((byte, place) => byte === kept.#slab[from + place])
  }

  get frame(): Buffer {
    return this.#slab.subarray(this.#start, this.#start + this.frameBytes)
  }

  get json(): Buffer {
    const end = this.#start + this.frameBytes - FRAME_END.length
    return this.#slab.subarray(this.#start + this.#headBytes, end)
  }
}

function envelopeJson(
  seq: number,
  input: TelemetryEventInput,
  source: EventSource,
  truncated?: true
): string {
  // JSON.stringify escapes line breaks, so the envelope is one line; undefined fields vanish.
  const { ts, type, category, data } = input
  const head = JSON.stringify({ ts, type, category, source }).slice(0, -1)
  const dataJson = input.dataJson ?? JSON.stringify(data)
  const rest = dataJson === undefined ? '' : `,"data":${dataJson}`
  const end = truncated ? TRUNCATED : ''
  return `{"seq":${seq},"event":${head}${rest}${end}}}`
}

function isTooLarge(json: string): boolean {
  // A character is at most three bytes, so short strings need no counting.
  return json.length * 3 > MAX_ENVELOPE_BYTES && Buffer.byteLength(json) > MAX_ENVELOPE_BYTES
}
