/**
 * The listener's end of supervisord's eventlistener protocol, version 3.0: bytes in, notifications
 * out, and the two things a listener may say.
 *
 * http://supervisord.org/events.html#event-listener-notification-protocol, and what supervisord does
 * in fact: `EventListenerPool._eventEnvelope` (supervisor/process.py) writes
 * `ver:3.0 server:ID serial:N pool:NAME poolserial:N eventname:NAME len:N\n` and then `len` code
 * points (not bytes) of payload, in one write; `PEventListenerDispatcher` (supervisor/dispatchers.py)
 * reads the answers, and turns deaf to a listener that says anything else.
 */

/** "Send me an event." */
export const READY = 'READY\n'

/** "The event is in safe hands." No newline at the end: with one, the listener is never heard again. */
export const ACKNOWLEDGED = 'RESULT 2\nOK'

/** A header is some 150 bytes and two names long. */
const MAX_HEADER_BYTES = 16_384

/** Events that matter here have payloads of some 100 bytes and two names; of others, logs included, the start is kept. */
const MAX_PAYLOAD_BYTES = 65_536

const NEWLINE = 0x0a

export interface Notification {
  readonly eventName: string
  /** What is needed only to recognise a notification or a loss is absent when the header lacks it. */
  readonly server?: string
  readonly serial?: string
  readonly pool?: string
  readonly poolSerial?: number
  readonly payload: string
}

/** A header that names no event, or whose payload's end cannot be told. */
export interface MalformedHeader {
  readonly malformed: string
  readonly header: Buffer
}

/** Splits what supervisord writes, in chunks of any size, into notifications. */
export class NotificationDecoder {
  #phase: 'header' | 'payload' | 'lost' = 'header'
  #kept: Uint8Array[] = []
  #keptBytes = 0
  #header: Omit<Notification, 'payload'> | MalformedHeader | undefined
  /** Code points of the payload that have not begun yet. */
  #codePoints = 0
  /** Bytes missing from the code point that has begun. */
  #continuation = 0

  push(chunk: Uint8Array): (Notification | MalformedHeader)[] {
    const decoded: (Notification | MalformedHeader)[] = []
    let at = 0
    while (at < chunk.length && !this.isLost) {
      at = this.#phase === 'header' ? this.#readHeader(chunk, at) : this.#readPayload(chunk, at)
      if (this.#phase === 'payload' && this.#codePoints === 0 && this.#continuation === 0) {
        decoded.push(this.#finish())
      } else if (this.isLost) {
        decoded.push(this.#header as MalformedHeader)
        this.#header = undefined
      }
    }
    return decoded
  }

  /** True after a header whose payload's end cannot be told: what comes in is thrown away. */
  get isLost(): boolean {
    return this.#phase === 'lost'
  }

  /** Expect a header next. supervisord sends the next one only when the last one is answered. */
  resynchronise(): void {
    this.#phase = 'header'
  }

  /** @returns the index of the first byte that is not the header's */
  #readHeader(chunk: Uint8Array, from: number): number {
    const newline = chunk.indexOf(NEWLINE, from)
    const end = newline === -1 ? chunk.length : newline
    this.#keep(chunk.subarray(from, end), MAX_HEADER_BYTES + 1)
    if (newline === -1 && this.#keptBytes <= MAX_HEADER_BYTES) return end

    const header = Buffer.concat(this.#kept)
    this.#drop()
    const tokens = parseTokens(header.toString())
    const length = tokens.get('len') ?? ''
    if (newline === -1 || !/^\d{1,9}$/.test(length)) {
      const malformed = newline === -1 ? 'the header does not end' : 'the header has no length'
      this.#header = { malformed, header }
      this.#phase = 'lost'
      return chunk.length
    }
    this.#header = readTokens(tokens) ?? { malformed: 'the header names no event', header }
    this.#codePoints = Number(length)
    this.#phase = 'payload'
    return end + 1
  }

  /** @returns the index of the first byte that is not the payload's */
  #readPayload(chunk: Uint8Array, from: number): number {
    let at = from
    for (; at < chunk.length; at++) {
      const byte = chunk[at]!
      if (this.#continuation > 0 && isContinuation(byte)) {
        this.#continuation--
      } else if (this.#codePoints > 0) {
        this.#codePoints--
        this.#continuation = continuationBytes(byte)
      } else {
        // Not UTF-8: the last code point announced more bytes than it has. This byte is the next header's.
        this.#continuation = 0
        break
      }
      if (this.#codePoints === 0 && this.#continuation === 0) {
        at++
        break
      }
    }
    this.#keep(chunk.subarray(from, at), MAX_PAYLOAD_BYTES)
    return at
  }

  #finish(): Notification | MalformedHeader {
    const header = this.#header!
    const payload = Buffer.concat(this.#kept).toString()
    this.#header = undefined
    this.#phase = 'header'
    this.#drop()
    return 'malformed' in header ? header : { ...header, payload }
  }

  #keep(bytes: Uint8Array, limit: number): void {
    const room = limit - this.#keptBytes
    if (room <= 0 || bytes.length === 0) return
    const kept = bytes.subarray(0, room)
    this.#kept.push(kept)
    this.#keptBytes += kept.length
  }

  #drop(): void {
    this.#kept = []
    this.#keptBytes = 0
  }
}

/**
 * `key:value key:value ...` of a header or of a payload's first line, in any order. Values hold no
 * space (supervisord refuses names with one), but may hold a colon. What is no token is passed over.
 */
export function parseTokens(line: string): Map<string, string> {
  const tokens = new Map<string, string>()
  for (const token of line.split(' ')) {
    const colon = token.indexOf(':')
    if (colon > 0) tokens.set(token.slice(0, colon), token.slice(colon + 1).trimEnd())
  }
  return tokens
}

function readTokens(tokens: Map<string, string>): Omit<Notification, 'payload'> | undefined {
  const eventName = tokens.get('eventname')
  if (!eventName) return undefined
  const poolSerial = tokens.get('poolserial')
  return {
    eventName,
    server: tokens.get('server'),
    serial: tokens.get('serial'),
    pool: tokens.get('pool'),
    poolSerial: poolSerial && /^\d{1,15}$/.test(poolSerial) ? Number(poolSerial) : undefined,
  }
}

/** https://www.unicode.org/versions/Unicode15.0.0/ch03.pdf, table 3-6 */
function continuationBytes(lead: number): number {
  if (lead >= 0xf0 && lead < 0xf8) return 3
  if (lead >= 0xe0 && lead < 0xf0) return 2
  if (lead >= 0xc0 && lead < 0xe0) return 1
  return 0
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}
