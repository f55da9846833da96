/**
 * From the lines of a saved log to kernel records: raw /dev/kmsg, dmesg, journald, syslog, what programs that
 * keep logs make of them, and any of these wrapped by a mail program.
 *
 * A line goes through the rooms of log/: cleaned of what was done to its characters, taken out of its
 * container, its prefix taken off; then lines become records, and records the order in which the kernel
 * printed them. A line without the prefix that the line before it had is no record of its own: either
 * it belongs to a multi-line printk (Mem-Info's counters, memcg statistics), or it was broken.
 */

import { parseKmsgRecord } from '../../kmsg/record.ts'
import { findStampedAnchor, isAnchored, recordsIn } from './anchors.ts'
import { Containers } from './containers.ts'
import { isEllipsis, withoutTrailingEllipsis } from './ellipsis.ts'
import { embeddedLines } from './embedded-lines.ts'
import type { Entry } from './entry.ts'
import { FirstStamp } from './first-stamp.ts'
import { HeldOpeners, type Line, RAW } from './held-openers.ts'
import { type Prefixed, QUOTE, stripPrefix } from './line-prefix.ts'
import { type LogRecord, momentOf } from './log-record.ts'
import { NewestFirst } from './newest-first.ts'
import { openerWith } from './opener-name.ts'
import { PrefixStripper } from './prefix-stripper.ts'
import { isOrdinary } from './quiet-lines.ts'
import { asPrinted } from './retyped.ts'
import { isComplete, isLineOfItsOwn, unpadded, Wrapping, withoutHangingIndent } from './wrapped.ts'

interface Pending {
  record: LogRecord
  /** The line bore a prefix, so one without belongs to it. */
  isPrefixed: boolean
  /** Length of its last line as it stood in the log. */
  length: number
}

export interface LogHandlers {
  /** Called for every record of the kernel, in the order in which it printed them. */
  readonly onRecord: (record: LogRecord) => void
  /** Lines were left out here, and the log says so. */
  readonly onGap?: () => void
}

/** Stands among the records where lines were left out. */
const GAP = { text: '' } as const
const INDENTED =
  /^[ \t]+(?=\S.* invoked oom-killer|oom-kill:constraint=|\S.*\bKilled process \d|Mem-Info:|Tasks state \(|\[ *pid *\])/
/** Distance given to records of a log without stamps, in microseconds. */
const UNSTAMPED_US = 100
/** Of a record put together; the kernel's own are shorter. */
const MAX_JOINED_CHARS = 8192

export class LogReader {
  readonly #containers = new Containers()
  readonly #prefixes = new PrefixStripper()
  readonly #wrapping = new Wrapping()
  readonly #order: NewestFirst<LogRecord | typeof GAP>
  readonly #stamps: FirstStamp
  readonly #openers: HeldOpeners
  /** The name by the CPU line after the opener that is being read. */
  #trigger: string | undefined
  #pending: Pending | undefined
  #seq = 0
  #lastUs = 1_000_000
  #isStamped = false
  #indent = ''
  #length = 0

  constructor({ onRecord, onGap }: LogHandlers) {
    const stamps = new FirstStamp(onRecord)
    this.#stamps = stamps
    this.#order = new NewestFirst(one => {
      if (one !== GAP) {
        stamps.push(one as LogRecord)
        return
      }
      stamps.end()
      onGap?.()
    })
    this.#openers = new HeldOpeners(this.#prefixes, (lines, trigger) => {
      this.#trigger = trigger
      for (const line of lines) this.#read(line)
      this.#trigger = undefined
    })
  }

  /** Whether lines of which none is of interest change nothing but what the last of them does (quiet-lines.ts). */
  get isQuiet(): boolean {
    return (
      this.#order.isIdle &&
      this.#openers.isIdle &&
      this.#stamps.isIdle &&
      this.#containers.isIdle &&
      this.#prefixes.isEmpty &&
      (this.#pending === undefined || isOrdinary(this.#pending.record.text))
    )
  }

  /** @param line without its line break, one character per byte */
  push(line: string): void {
    for (const given of this.#containers.take(line)) this.#take(given)
  }

  end(): void {
    for (const given of this.#containers.end()) this.#take(given)
    this.#openers.end()
    this.#emit()
    this.#order.end()
    this.#stamps.end()
  }

  #take(given: Entry | string): void {
    if (typeof given === 'string') this.#openers.push({ text: given, entry: undefined })
    else if (given.isKernel) {
      for (const text of embeddedLines(given.text)) this.#openers.push({ text, entry: given })
    }
  }

  #read({ text: line, entry }: Line): void {
    this.#length = line.length
    const unquoted = line.charCodeAt(0) === 62 ? line.replace(QUOTE, '') : line
    if (this.#readRaw(unquoted, entry)) return
    const whole = this.#unindent(unquoted)
    let stripped = this.#prefixes.strip(whole)
    if (!stripped.found && !isAnchored(stripped.text)) {
      if (isEllipsis(whole)) {
        this.#gap()
        return
      }
      // The rest of a record may hold the words of the next, and teaches no prefix then.
      const isRest = findStampedAnchor(whole) <= 0 && entry === undefined && this.#isRest(whole)
      if (!isRest && this.#prefixes.learn(whole)) stripped = this.#prefixes.strip(whole)
    }
    if (!stripped.isKernel) return
    if (stripped.found) {
      stripped.text = this.#unindent(stripped.text)
      if (isEllipsis(stripped.text)) {
        this.#gap()
        return
      }
    } else if (entry === undefined && this.#continues(stripped.text)) {
      return
    }
    this.#begin(stripped, entry?.wallUs)
  }

  #readRaw(line: string, entry: Entry | undefined): boolean {
    const raw = RAW.test(line) ? parseKmsgRecord(line) : undefined
    if (raw === undefined) return false
    const wallUs = entry?.wallUs
    this.#start(
      { ...raw, isRaw: true, wallUs, wallText: undefined, lineUs: wallUs, isStamped: true },
      true
    )
    return true
  }

  #begin(stripped: Prefixed, wallUs: number | undefined): void {
    const { stampUs, caller, found } = stripped
    this.#lastUs = this.#timestampOf(stripped, wallUs)
    const [first, ...others] = recordsIn(stripped.text)
    const text = openerWith(withoutTrailingEllipsis(unpadded(first!)), this.#trigger)
    const record = {
      seq: ++this.#seq,
      timestampUs: this.#lastUs,
      facility: 0,
      level: 6,
      caller,
      text: '',
      isRaw: false,
      ...momentOf(stripped, wallUs),
      isStamped: stampUs !== undefined,
    }
    this.#start({ ...record, text: unescapeSyslog(text) }, found)
    for (const part of others) this.#startPart(record, part, found)
  }

  /** Stamps are the kernel's where there are any: a line without one came when the last did. */
  #timestampOf({ stampUs, wallUs }: Prefixed, givenUs: number | undefined): number {
    this.#isStamped ||= stampUs !== undefined
    const us = stampUs ?? (this.#isStamped ? undefined : (wallUs ?? givenUs))
    return us ?? this.#lastUs + UNSTAMPED_US
  }

  /** Of a record that a line has together with others; it may bear a stamp of its own. */
  #startPart(like: LogRecord, part: string, isPrefixed: boolean): void {
    const { text, stampUs, found } = stripPrefix(part)
    const own = stampUs === undefined ? {} : { timestampUs: stampUs, isStamped: true }
    this.#start({ ...like, ...own, text: unescapeSyslog(unpadded(text)) }, isPrefixed || found)
  }

  /** A dump that was pasted indented: by as much as its first telling line. */
  #unindent(line: string): string {
    const first = line.charCodeAt(0)
    if (first !== 32 && first !== 9) return line
    const indent = INDENTED.exec(line)
    if (indent !== null) this.#indent = indent[0]
    const isIndented = this.#indent !== '' && line.startsWith(this.#indent)
    return isIndented ? line.slice(this.#indent.length) : line
  }

  #start(record: LogRecord, isPrefixed: boolean): void {
    this.#emit()
    this.#pending = { record, isPrefixed, length: this.#length }
  }

  #emit(): void {
    const pending = this.#pending
    this.#pending = undefined
    if (pending === undefined) return
    const record = { ...pending.record, text: asPrinted(pending.record.text) }
    this.#wrapping.see(record.text)
    this.#order.push(record)
  }

  #gap(): void {
    this.#emit()
    this.#order.push(GAP)
  }

  /** Whether a line is the rest of the record before it, which was cut short. */
  #isRest(line: string): boolean {
    const pending = this.#pending
    if (pending === undefined) return false
    const { record, isPrefixed } = pending
    const wrapping = this.#wrapping
    return (
      wrapping.isCutShort(record.text, isPrefixed) &&
      wrapping.canContinue(record.text, line, isPrefixed)
    )
  }

  /** Adds a line without a prefix to the record before it; false when it begins one of its own. */
  #continues(line: string): boolean {
    const pending = this.#pending
    if (pending === undefined || /\S invoked oom-killer/.test(line)) return false
    const { record, isPrefixed, length } = pending
    if (record.isRaw && /^ [A-Z_]+=/.test(line)) return true
    const { text } = record
    const isBroken = this.#isRest(line)
    if (!isPrefixed && !isBroken && !this.#wrapping.isRestOfLast(text, line)) return false
    if (text.length + line.length > MAX_JOINED_CHARS) return false
    if (!isBroken && (isLineOfItsOwn(line) || isComplete(text, line))) {
      this.#start({ ...record, text: unescapeSyslog(line) }, isPrefixed)
      return true
    }
    const isDigits = /^\s+\d+$/.test(line)
    const rest = isBroken || isDigits ? withoutHangingIndent(text, line) : line
    const joined = unescapeSyslog(this.#wrapping.join(text, rest, length))
    const [first, ...others] = recordsIn(joined)
    this.#pending = { ...pending, length: this.#length, record: { ...record, text: first! } }
    for (const part of others) this.#startPart(record, part, isPrefixed)
    return true
  }
}

/** rsyslog writes control characters as `#ooo`, octal. */
function unescapeSyslog(text: string): string {
  return text.includes('#0')
    ? text.replace(/#0([0-3][0-7])/g, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8))
      )
    : text
}
