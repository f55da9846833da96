/**
 * Logs as JSON: an object a line (journalctl -o json, Docker), objects over several lines, arrays of them, and
 * the answers of servers that keep logs, with the message anywhere inside.
 */

import { findAnchor } from './anchors.ts'
import { type Entry, isKernels, timeOf } from './entry.ts'

/** Names under which programs keep the message. */
const MESSAGES: ReadonlySet<string> = new Set([
  'MESSAGE',
  'message',
  'Message',
  'msg',
  'log',
  'text',
  'textPayload',
  'line',
  'content',
  '_raw',
  '@message',
  'body',
  'event',
])
const TIMES = [
  '__REALTIME_TIMESTAMP',
  '_SOURCE_REALTIME_TIMESTAMP',
  'time',
  'timestamp',
  '@timestamp',
  'ts',
  'Timestamp',
  'receiveTimestamp',
  'firstTimestamp',
  'date',
]
/** What a text is called that is an element of the document itself. */
const ELEMENT = '[]'
const MAX_DEPTH = 24
/** Of a document: what is longer is no log, or an array, of which each element counts. */
const MAX_DOCUMENT_CHARS = 8 * 2 ** 20

type Dictionary = Readonly<Record<string, unknown>>

const OPEN_BRACE = 123
const OPEN_BRACKET = 91

/** Puts documents together from lines. */
export class JsonReader {
  /** Names under which this log had the words of a dump. */
  readonly #learned = new Set<string>()
  #parts: string[] = []
  #lines: string[] = []
  #length = 0
  #depth = 0
  #isInString = false
  #isArray = false

  /** Whether a document is open: then every line is a part of it. */
  get isOpen(): boolean {
    return this.#lines.length > 0
  }

  /**
   * Takes a line that is a document, or begins one, or goes on with one.
   *
   * @returns the entries that are whole now; undefined where it is no JSON, with {@link givenBack}
   */
  take(line: string): Entry[] | undefined {
    if (!this.isOpen) {
      const first = firstCode(line)
      if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return undefined
      const value = parsed(line.trim().replace(/,$/, ''))
      if (value !== undefined) return this.#entriesOf(value)
      if (!mayBegin(line)) return undefined
      this.#isArray = first === OPEN_BRACKET
    }
    return this.#append(line)
  }

  /** The lines of a document that turned out to be none, or that the end of the log cut. */
  giveBack(): string[] {
    const lines = this.#lines
    this.#reset()
    return lines
  }

  #append(line: string): Entry[] | undefined {
    this.#lines.push(line)
    const entries: Entry[] = []
    let from = 0
    let stringAt = 0
    for (let at = 0; at < line.length; at++) {
      const code = line.charCodeAt(at)
      if (this.#isInString) {
        if (code === 92) at++
        else if (code === 34) {
          this.#isInString = false
          if (this.#isArray && this.#depth === 1) {
            const text: unknown = parsed(`[${line.slice(stringAt, at + 1)}]`)
            if (text !== undefined) entries.push(...this.#entriesOf(text))
          }
        }
        continue
      }
      if (code === 34) {
        this.#isInString = true
        stringAt = at
      } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        this.#depth++
        // Of an array each element is a document.
        if (this.#depth === 1 && this.#isArray) from = at + 1
        else if (this.#depth === (this.#isArray ? 2 : 1)) {
          this.#parts = []
          this.#length = 0
          from = at
        }
      } else if (code === 125 || code === 93) {
        this.#depth--
        if (this.#depth < 0) return undefined
        if (this.#depth === (this.#isArray ? 1 : 0)) {
          if (this.#isArray || code === 125) {
            const value = parsed([...this.#parts, line.slice(from, at + 1)].join('\n'))
            if (value === undefined) return undefined
            entries.push(...this.#entriesOf(value))
            this.#lines = this.#isArray ? [''] : []
          }
          this.#parts = []
          this.#length = 0
          from = at + 1
        } else if (this.#depth === 0) {
          this.#reset()
          return entries
        }
      }
    }
    // A string does not go on in the next line.
    if (this.#isInString) return undefined
    if (this.#depth === 0) {
      this.#reset()
      return entries
    }
    this.#parts.push(line.slice(from))
    this.#length += line.length - from
    return this.#length > MAX_DOCUMENT_CHARS ? undefined : entries
  }

  #reset(): void {
    this.#parts = []
    this.#lines = []
    this.#length = 0
    this.#depth = 0
    this.#isInString = false
  }

  #entriesOf(value: unknown): Entry[] {
    const entries: Entry[] = []
    this.#walk(value, ELEMENT, undefined, true, 0, entries)
    return entries
  }

  /** In the order of the document; time and sender hold for what lies deeper. */
  #walk(
    value: unknown,
    name: string,
    wallUs: number | undefined,
    isKernel: boolean,
    depth: number,
    into: Entry[]
  ): void {
    if (depth > MAX_DEPTH) return
    if (typeof value === 'string') {
      if (this.#isMessage(name, value)) {
        into.push({ text: latin1Of(value).replace(/\r?\n$/, ''), wallUs, isKernel })
      }
      return
    }
    if (Array.isArray(value)) {
      // journald gives a message that is no UTF-8 as an array of its bytes.
      if (name === 'MESSAGE' && value.every(byte => typeof byte === 'number')) {
        const text = Buffer.from(value as number[]).toString('latin1')
        into.push({ text, wallUs, isKernel })
        return
      }
      // `["1715950953000000000", "the line"]`, as Loki answers.
      const own = timeOf(value[0])
      for (const one of value) this.#walk(one, name, own ?? wallUs, isKernel, depth + 1, into)
      return
    }
    if (typeof value !== 'object' || value === null) return
    const entry = value as Dictionary
    const sender = isKernel && isKernels(entry._TRANSPORT, entry.SYSLOG_IDENTIFIER)
    const own = TIMES.map(key => timeOf(entry[key])).find(us => us !== undefined) ?? wallUs
    // What else an object holds beside its message says the same once more.
    const message = messageIn(entry)
    for (const [key, inner] of message === undefined ? Object.entries(entry) : [message]) {
      this.#walk(inner, key, own, sender, depth + 1, into)
    }
  }

  #isMessage(name: string, text: string): boolean {
    if (MESSAGES.has(name) || this.#learned.has(name)) return true
    const latin1 = latin1Of(text)
    if (findAnchor(latin1) === -1 && !latin1.includes(' invoked oom-killer')) return false
    this.#learned.add(name)
    return true
  }
}

/** The message that an object has under a name that is known; of several, one with the words of a dump. */
function messageIn(entry: Dictionary): [string, unknown] | undefined {
  let first: [string, unknown] | undefined
  for (const key of MESSAGES) {
    const value = entry[key]
    if (typeof value !== 'string' && !(key === 'MESSAGE' && Array.isArray(value))) continue
    if (typeof value === 'string' && findAnchor(latin1Of(value)) !== -1) return [key, value]
    first ??= [key, value]
  }
  return first
}

function firstCode(line: string): number {
  let at = 0
  while (line.charCodeAt(at) === 32 || line.charCodeAt(at) === 9) at++
  return line.charCodeAt(at)
}

/** `{`, `[`, `[{`, `{"key": ...`: a kernel's line may begin with a bracket too, but not so. */
function mayBegin(line: string): boolean {
  return /^\s*\[?\s*(?:\{\s*(?:"|$)|$)/.test(line)
}

/** Objects and arrays only: other lines may be JSON by chance. The kernel's own begin with a bracket, too. */
function parsed(latin1: string): unknown {
  if (!/^(?:\[\s*[[{"\]]|\{\s*["}])/.test(latin1)) return undefined
  try {
    return JSON.parse(Buffer.from(latin1, 'latin1').toString('utf8'))
  } catch {
    return undefined
  }
}

function latin1Of(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
