/**
 * From the lines of a saved log to kernel records: raw /dev/kmsg, dmesg, journald, syslog, JSON of
 * journald and Docker, and any of these wrapped by a mail program.
 *
 * A line without the prefix that the line before it had is no record of its own: either it belongs
 * to a multi-line printk (Mem-Info's counters, memcg statistics), or a mail program broke the line.
 */

import { type KmsgRecord, parseKmsgRecord } from '../kmsg/record.ts'
import { type Prefixed, QUOTE, stripPrefix } from './prefix.ts'
import { isComplete, isLineOfItsOwn, Wrapping } from './wrapped.ts'

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

/** Raw record: `PRIO,SEQ,STAMP,FLAGS[,...];` */
const RAW = /^\d+,\d+,\d+,[^;]*;/
const INDENTED =
  /^[ \t]+(?=\S.* invoked oom-killer|oom-kill:constraint=|\S.*\bKilled process \d|Mem-Info:|Tasks state \(|\[ *pid *\])/
/** A kernel line that console output without a line break stands before. */
const GLUED = /^[^[]*[^[\s>][^[]*?(?=\[ *\d+\.\d{6}\] \S.* invoked(?: oom-killer:|$))/
/** Distance given to records of a log without stamps, in microseconds. */
const UNSTAMPED_US = 100
const MAX_JOINED = 65_536

export class LogReader {
  readonly #onRecord: (record: LogRecord) => void
  #pending: Pending | undefined
  #seq = 0
  #lastUs = 1_000_000
  #indent = ''
  #length = 0
  readonly #wrapping = new Wrapping()

  /** @param onRecord called for every record of the kernel, in order */
  constructor(onRecord: (record: LogRecord) => void) {
    this.#onRecord = onRecord
  }

  /** @param line without its line break, one character per byte */
  push(line: string): void {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line
    const unwrapped = text.charCodeAt(0) === 123 ? messageOfJson(text) : undefined
    if (unwrapped !== undefined) {
      for (const part of unwrapped.text.split('\n')) this.#pushLine(part, unwrapped.wallUs)
    } else {
      this.#pushLine(text, undefined)
    }
  }

  end(): void {
    this.#emit()
  }

  #pushLine(line: string, wallUs: number | undefined): void {
    this.#length = line.length
    const unquoted = line.charCodeAt(0) === 62 ? line.replace(QUOTE, '') : line
    if (RAW.test(unquoted)) {
      const raw = parseKmsgRecord(unquoted)
      if (raw !== undefined) {
        this.#start(
          {
            ...raw,
            isRaw: true,
            wallUs,
            wallText: undefined,
            lineUs: wallUs,
            isStamped: true,
          },
          true
        )
        return
      }
    }
    const glued = unquoted.includes(' invoked') ? unquoted.replace(GLUED, '') : unquoted
    const stripped = stripPrefix(this.#unindent(glued))
    if (!stripped.isKernel) return
    if (stripped.found) stripped.text = this.#unindent(stripped.text)
    if (!stripped.found && wallUs === undefined && this.#continues(stripped.text)) return
    this.#lastUs = stripped.stampUs ?? stripped.wallUs ?? wallUs ?? this.#lastUs + UNSTAMPED_US
    const { caller } = stripped
    this.#start(
      {
        seq: ++this.#seq,
        timestampUs: this.#lastUs,
        facility: 0,
        level: 6,
        caller,
        text: unescapeSyslog(stripped.text),
        isRaw: false,
        ...momentOf(stripped, wallUs),
        isStamped: stripped.stampUs !== undefined,
      },
      stripped.found
    )
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
    this.#onRecord(pending.record)
  }

  /** Adds a line without a prefix to the record before it; false when it begins one of its own. */
  #continues(line: string): boolean {
    const pending = this.#pending
    if (pending === undefined || /\S invoked oom-killer/.test(line)) return false
    const { record } = pending
    if (record.isRaw && /^ [A-Z_]+=/.test(line)) return true
    const { text } = record
    const { isPrefixed } = pending
    const wrapping = this.#wrapping
    const isBroken =
      wrapping.isCutShort(text, isPrefixed) && wrapping.canContinue(text, line, isPrefixed)
    if (!isPrefixed && !isBroken && !wrapping.isRestOfLast(text, line)) return false
    if (text.length + line.length > MAX_JOINED) return false
    if (!isBroken && (isLineOfItsOwn(line) || isComplete(text, line))) {
      this.#start({ ...record, text: unescapeSyslog(line) }, isPrefixed)
    } else {
      const joined = unescapeSyslog(wrapping.join(text, line, pending.length))
      this.#pending = { ...pending, length: this.#length, record: { ...record, text: joined } }
    }
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

/** `journalctl -o json`, Docker's json-file. */
function messageOfJson(line: string): { text: string; wallUs: number | undefined } | undefined {
  let entry: Record<string, unknown>
  try {
    entry = JSON.parse(Buffer.from(line, 'latin1').toString('utf8')) as Record<string, unknown>
  } catch {
    return undefined
  }
  const { MESSAGE, log, SYSLOG_IDENTIFIER, _TRANSPORT, __REALTIME_TIMESTAMP, time } = entry
  const isKernels =
    _TRANSPORT === 'kernel' ||
    SYSLOG_IDENTIFIER === 'kernel' ||
    (_TRANSPORT ?? SYSLOG_IDENTIFIER) === undefined
  // journald gives a message that is no UTF-8 as an array of its bytes.
  const message = Array.isArray(MESSAGE) ? Buffer.from(MESSAGE as number[]) : (MESSAGE ?? log)
  if (!isKernels) return { text: '', wallUs: undefined }
  if (typeof message !== 'string' && !Buffer.isBuffer(message)) return undefined
  const text = Buffer.from(message as string)
    .toString('latin1')
    .replace(/\n$/, '')
  const wallUs =
    typeof __REALTIME_TIMESTAMP === 'string'
      ? Number(__REALTIME_TIMESTAMP)
      : typeof time === 'string' && !Number.isNaN(Date.parse(time))
        ? Date.parse(time) * 1000
        : undefined
  return { text, wallUs }
}
