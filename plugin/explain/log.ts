/**
 * From the lines of a saved log to kernel records: raw /dev/kmsg, dmesg, journald, syslog, JSON of
 * journald and Docker, and any of these wrapped by a mail program.
 *
 * A line without the prefix that the line before it had is no record of its own: either it belongs
 * to a multi-line printk (Mem-Info's counters, memcg statistics), or a mail program broke the line.
 */

import { type KmsgRecord, parseKmsgRecord } from '../kmsg/record.ts'
import { QUOTE, stripPrefix } from './prefix.ts'

export interface LogRecord extends KmsgRecord {
  /** The record as /dev/kmsg gave it: seq and facility are the kernel's own. */
  readonly isRaw: boolean
  /** Unix microseconds, where the log states them. */
  readonly wallUs: number | undefined
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

type Wrap = 'hard' | 'soft' | 'unknown'

/** Raw record: `PRIO,SEQ,STAMP,FLAGS[,...];` */
const RAW = /^\d+,\d+,\d+,[^;]*;/
const INDENTED =
  /^ +(?=\S.* invoked oom-killer|oom-kill:constraint=|\S.*\bKilled process \d|Mem-Info:)/
/** Distance given to records of a log without stamps, in microseconds. */
const UNSTAMPED_US = 100
const MAX_JOINED = 65_536
/** A mail program that breaks lines at spaces does so before this column. */
const MAX_SOFT_ROW = 90

export class LogReader {
  readonly #onRecord: (record: LogRecord) => void
  #pending: Pending | undefined
  #seq = 0
  #lastUs = 1_000_000
  #indent = ''
  #length = 0
  #broken = 0
  #longestBroken = 0
  #longestCount = 0

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
        this.#start({ ...raw, isRaw: true, wallUs, isStamped: true }, true)
        return
      }
    }
    const stripped = stripPrefix(this.#unindent(unquoted))
    if (!stripped.isKernel) return
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
        wallUs: stripped.wallUs ?? wallUs,
        isStamped: stripped.stampUs !== undefined,
      },
      stripped.found
    )
  }

  /**
   * How the log was wrapped: a program that breaks anywhere leaves broken lines as long as the
   * longest, one that breaks at spaces leaves them ragged. Rows of the table, being of one length by
   * themselves, tell nothing.
   *
   * @param length of the line that is broken here
   */
  #wrap(text: string, length: number): Wrap {
    if (!/^\[ *\d/.test(text.slice(text.lastIndexOf('\n') + 1))) {
      if (length > this.#longestBroken) {
        this.#longestBroken = length
        this.#longestCount = 0
      }
      if (length === this.#longestBroken) this.#longestCount++
      this.#broken++
    }
    if (this.#broken < 4) return 'unknown'
    const share = this.#longestCount / this.#broken
    return share > 0.8 ? 'hard' : share < 0.5 ? 'soft' : 'unknown'
  }

  /** A dump that was pasted indented: by as much as its first telling line. */
  #unindent(line: string): string {
    if (line.charCodeAt(0) !== 32) return line
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
    if (pending !== undefined) this.#onRecord(pending.record)
  }

  /** Adds a line without a prefix to the record before it; false when it begins one of its own. */
  #continues(line: string): boolean {
    const pending = this.#pending
    if (pending === undefined || / invoked oom-killer/.test(line)) return false
    const { record } = pending
    if (record.isRaw && /^ [A-Z_]+=/.test(line)) return true
    const { text } = record
    const isBroken = isCutShort(text)
    if (!pending.isPrefixed && !isBroken) return false
    if (text.length + line.length > MAX_JOINED) return false
    if (!isBroken && isLineOfItsOwn(line)) {
      this.#start({ ...record, text: unescapeSyslog(line) }, pending.isPrefixed)
    } else {
      const joined = unescapeSyslog(joinBroken(text, line, this.#wrap(text, pending.length)))
      this.#pending = { ...pending, length: this.#length, record: { ...record, text: joined } }
    }
    return true
  }
}

/** Lines of the dump that must have more to them than this. */
function isCutShort(text: string): boolean {
  const line = text.slice(text.lastIndexOf('\n') + 1)
  if (line.includes(' invoked oom-killer: ') || line.endsWith(' invoked oom-killer:'))
    return !/\boom_(?:score_)?adj=-?\d+/.test(line)
  if (line.startsWith('oom-kill:constraint=')) return !/,pid=\d+,uid=\d+$/.test(line)
  if (/\bKilled process \d+(?:,|$| )/.test(line)) {
    return !/\bfile-rss:\d+kB/.test(line) || /,\s*$/.test(line)
  }
  return false
}

/** A continuation line that is a line of the kernel's own, of a multi-line printk. */
function isLineOfItsOwn(line: string): boolean {
  return (
    /^\s*[a-z_]+(?:\([a-z]+\))?:\d+(?:\s|$)/.test(line) ||
    /^\s*[a-z_0-9]+ \d+$/.test(line) ||
    /^(?:\[ *\d+\]|Node \d|lowmem_reserve|\d+ pages |\d+ total |Mem-Info|Tasks state|memory: |swap: )/.test(
      line
    ) ||
    line.trim() === '' ||
    /^[-=*#.<]{3,}/.test(line)
  )
}

/** Tokens of kill lines and table headers, whole: broken in two, no space belongs between. */
const WHOLE_TOKEN =
  /^(?:(?:total-vm|anon-rss|file-rss|shmem-rss):\d+kB,?|UID:\d+|pgtables:\d+kB|oom_score_adj:-?\d+|total_vm|rss_(?:anon|file|shmem)|pgtables_bytes|swapents|oom_score_adj|name)$/

function joinBroken(text: string, line: string, wrap: Wrap): string {
  if (wrap === 'hard') return text + line
  if (text === '' || /\s$/.test(text) || /^\s/.test(line)) return text + line
  // The structured line has no spaces but those in names, so it can only be broken inside a token.
  const last = text.slice(text.lastIndexOf('\n') + 1)
  if (last.startsWith('oom-kill:')) {
    const isInName = /,task=(?!.*,pid=)/.test(last)
    return wrap === 'soft' && isInName ? `${text} ${line}` : text + line
  }
  // A row of the task table is broken past the width of a screen only in the middle of its name.
  if (/^\[ *\d/.test(last) && last.length > MAX_SOFT_ROW && !/ -?\d+$/.test(last)) {
    return text + line
  }
  const before = /\S+$/.exec(text)![0]
  const after = /^\S+/.exec(line)?.[0] ?? ''
  // No token of a kill line begins with a digit but the pid, which comes after a word.
  if (/\d$/.test(before) && /^\d/.test(after) && /\bKilled process \d/.test(last))
    return text + line
  const isOneToken = !WHOLE_TOKEN.test(before) && WHOLE_TOKEN.test(before + after)
  return isOneToken ? text + line : `${text} ${line}`
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
