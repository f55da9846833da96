/**
 * From the lines of a saved log to kernel records: raw /dev/kmsg, dmesg, journald, syslog, what programs that
 * keep logs make of them, and any of these wrapped by a mail program.
 *
 * A line goes through the rooms of log/: cleaned of what was done to its characters, taken out of its
 * container, its prefix taken off; then lines become records, and records the order in which the kernel
 * printed them. A line without the prefix that the line before it had is no record of its own: either
 * it belongs to a multi-line printk (Mem-Info's counters, memcg statistics), or it was broken.
 */

import { type KmsgRecord, parseKmsgRecord } from '../kmsg/record.ts'
import { findStampedAnchor, isAnchored, recordsIn } from './log/anchors.ts'
import { Containers } from './log/containers.ts'
import { isEllipsis, withoutTrailingEllipsis } from './log/ellipsis.ts'
import type { Entry } from './log/entry.ts'
import { NewestFirst } from './log/newest-first.ts'
import { openerWith, triggerIn } from './log/opener-name.ts'
import { Prefixes } from './log/prefixes.ts'
import { type Prefixed, QUOTE, stripPrefix } from './prefix.ts'
import { isComplete, isLineOfItsOwn, unpadded, Wrapping } from './wrapped.ts'

export interface LogRecord extends KmsgRecord {
  /** The record as /dev/kmsg gave it: seq and facility are the kernel's own. */
  readonly isRaw: boolean
  /** Unix microseconds, where the log states them. */
  readonly wallUs: number | undefined
  /** The time of day as the log has it, where its zone or year is not stated. */
  readonly wallText: string | undefined
  /** Microseconds of the line's time of day, from 1970 or from the beginning of a year that it lacks. */
  readonly lineUs: number | undefined
  /** Whether `timestampUs` is the kernel's: logs may bear none. */
  readonly isStamped: boolean
}

interface Pending {
  record: LogRecord
  /** The line bore a prefix, so one without belongs to it. */
  isPrefixed: boolean
  /** Length of its last line as it stood in the log. */
  length: number
}

interface Line {
  readonly text: string
  /** What its container says of it; undefined where it has none. */
  readonly entry: Entry | undefined
}

export interface LogHandlers {
  /** Called for every record of the kernel, in the order in which it printed them. */
  readonly onRecord: (record: LogRecord) => void
  /** Lines were left out here, and the log says so. */
  readonly onGap?: () => void
}

/** Stands among the records where lines were left out. */
const GAP = { text: '' } as const
/** Raw record: `PRIO,SEQ,STAMP,FLAGS[,...];` */
const RAW = /^\d+,\d+,\d+,[^;]*;/
const INDENTED =
  /^[ \t]+(?=\S.* invoked oom-killer|oom-kill:constraint=|\S.*\bKilled process \d|Mem-Info:|Tasks state \(|\[ *pid *\])/
/** Its name, before the words, is as long as it is only where nothing else stands before it. */
const OPENER = / invoked(?: oom-killer|$)/
/** Lines after an opener in which one is looked for that shows where its name begins. */
const MAX_HELD = 48
/** Distance given to records of a log without stamps, in microseconds. */
const UNSTAMPED_US = 100
/** Of a record put together; the kernel's own are shorter. */
const MAX_JOINED = 8192

export class LogReader {
  readonly #containers = new Containers()
  readonly #prefixes = new Prefixes()
  readonly #wrapping = new Wrapping()
  readonly #order: NewestFirst<LogRecord | typeof GAP>
  /** An opener, and the lines after it until one shows what stands before the kernel's words. */
  #held: Line[] = []
  #trigger: string | undefined
  #pending: Pending | undefined
  #seq = 0
  #lastUs = 1_000_000
  #isStamped = false
  #indent = ''
  #length = 0

  constructor({ onRecord, onGap }: LogHandlers) {
    this.#order = new NewestFirst(one => {
      if (one !== GAP) onRecord(one as LogRecord)
      else onGap?.()
    })
  }

  /** @param line without its line break, one character per byte */
  push(line: string): void {
    for (const given of this.#containers.take(line)) this.#take(given)
  }

  end(): void {
    for (const given of this.#containers.end()) this.#take(given)
    this.#release()
    this.#emit()
    this.#order.end()
  }

  #take(given: Entry | string): void {
    if (typeof given === 'string') this.#hold({ text: given, entry: undefined })
    else if (given.isKernel) {
      for (const text of given.text.split('\n')) this.#hold({ text, entry: given })
    }
  }

  #hold(line: Line): void {
    const { text } = line
    const isOpener = OPENER.test(text)
    if (this.#held.length === 0) {
      if (isOpener && !RAW.test(text) && !this.#prefixes.learn(text)) this.#held.push(line)
      else this.#read(line)
      return
    }
    const isTelling = isOpener || this.#prefixes.learn(text) || this.#prefixes.isCertain(text)
    if (isOpener) this.#release()
    this.#held.push(line)
    if ((isTelling && !isOpener) || this.#held.length >= MAX_HELD) this.#release()
  }

  #release(): void {
    const held = this.#held
    this.#held = []
    this.#trigger = triggerIn(held.map(({ text }) => text))
    for (const line of held) this.#read(line)
    this.#trigger = undefined
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
    const text = openerWith(withoutTrailingEllipsis(unpadded(stripped.text)), this.#trigger)
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
    const [first, ...others] = recordsIn(text)
    this.#start({ ...record, text: unescapeSyslog(first!) }, found)
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
    this.#start({ ...like, ...own, text: unescapeSyslog(text) }, isPrefixed || found)
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
    this.#wrapping.see(pending.record.text)
    this.#order.push(pending.record)
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
    if (text.length + line.length > MAX_JOINED) return false
    if (!isBroken && (isLineOfItsOwn(line) || isComplete(text, line))) {
      this.#start({ ...record, text: unescapeSyslog(line) }, isPrefixed)
      return true
    }
    const joined = unescapeSyslog(this.#wrapping.join(text, line, length))
    const [first, ...others] = recordsIn(joined)
    this.#pending = { ...pending, length: this.#length, record: { ...record, text: first! } }
    for (const part of others) this.#startPart(record, part, isPrefixed)
    return true
  }
}

/** The time of a line: what states the moment comes before what lacks the zone or the year. */
function momentOf(
  { wallUs: ownUs, wallText, yearlessUs }: Prefixed,
  givenUs: number | undefined
): Pick<LogRecord, 'wallUs' | 'wallText' | 'lineUs'> {
  const isMoment = ownUs !== undefined && wallText === undefined
  const wallUs = isMoment ? ownUs : (givenUs ?? ownUs)
  return {
    wallUs,
    wallText: isMoment || givenUs !== undefined ? undefined : wallText,
    lineUs: wallUs ?? yearlessUs,
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
