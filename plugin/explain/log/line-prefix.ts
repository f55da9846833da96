/**
 * What stands before the kernel's words in a saved log: one prefix or several, in any order.
 *
 *     <6>                                          printk priority (dmesg --raw, console)
 *     [  123.456789][ T4711]                       stamp, caller id
 *     [Tue Aug 12 03:54:03 2025]                   dmesg -T, in any language
 *     kern  :info  :                               dmesg -x
 *     Aug 12 03:54:03 host kernel:                 syslog, journalctl
 *     2025-08-12T03:54:03.123456+00:00 host kernel:  journalctl -o short-iso, rsyslog, RFC 5424
 *     1787068905.416344 host kernel:               journalctl -o short-unix
 *     2025-08-12T03:54:03.123456789Z               Kubernetes, CI
 *     kernel-1  |                                  docker compose
 *     >                                            quoted mail
 */

import { decodeName } from '../../kernel-names.ts'
import { isoStamp, localStamp, type WallStamp } from './stamps.ts'

export interface Prefixed {
  /** Whether there was any prefix. */
  found: boolean
  /** false when the line names another program than the kernel. */
  isKernel: boolean
  /** Microseconds since boot. */
  stampUs: number | undefined
  /** Unix microseconds. */
  wallUs: number | undefined
  /** The time of day as the line has it, where its zone or year is not stated. */
  wallText: string | undefined
  /** Microseconds of a year that the line does not state. */
  yearlessUs: number | undefined
  caller: string
  text: string
}

interface Line extends Prefixed {
  /** It began as RFC 5424 has it: host, program, process id and message id follow. */
  isRfc5424: boolean
}

const PRIORITY = /^<\d{1,3}>(?:1 (?=\d{4}-))?/
const RFC5424_HEAD = /^<\d{1,3}>1 \d{4}-/
/** Vendors of phones and television sets put the CPU before it, or CPU and task after it. */
const STAMP = /^\[ *(?:\d{1,3}-)?(\d+)\.(\d{1,9})\] ?(?: *\(\d\)\[\d+:[^\]]+\])?/
/** A selection that began in the middle of a stamp: what is left of it tells no time. */
const CUT_STAMP = /^\d{0,10}\.\d{6}\] ?/
const CALLER = /^\[ *([TC]\d+)\] ?/
const HUMAN_STAMP = /^\[([^\]]{0,40}?\d{1,2}:\d{2}:\d{2}[^\]]{0,20})\] ?/
const DECODED =
  /^(?:kern|user|mail|daemon|auth|syslog|authpriv|local\d) *:(?:emerg|alert|crit|err|warn|notice|info|debug) *: ?/
const ISO =
  /^(?:\S{2,8} )?(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d| [A-Z]{3,5}(?= ))? +/
const UNIX = /^(\d{9,10})\.(\d{6}) +(?=\S+ \S+: )/
const SYSLOG =
  /^(\S+ \S+ +\d{1,2} \d\d:\d\d:\d\d \d{4}|\d{4} \S+ +\d{1,2} \d\d:\d\d:\d\d|\S+ +\d{1,2} \d\d:\d\d:\d\d|\d{1,2} \S+ \d\d:\d\d:\d\d)(?:\.\d+)? +/
const KERNEL_TAG = /^(?:\S+ )?(?:[a-z]+\.[a-z]+ )?(?:kernel|klogd)(?:\[\d+\])?: ?/
/** The container runtime's: stream, and whether the line is full or partial. */
const CRI = /^(?:stdout|stderr) [FP] /
const RFC5424_TAG = /^\S+ (\S+) \S+ \S+ (?:-|\[.*?\]) /
const OTHER_TAG = /^(?!\| )\S+ [\w./@-]+(?:\[\d+\])?: /
const COMPOSE = /^[\w.-]+ +\| /
export const QUOTE = /^(?:> ?)+/
const INDENT =
  /^[ \t]+(?=\[ *\d+\.\d+\]|\[[^\]]{0,40}\d:\d\d:\d\d|<\d{1,3}>|\d+,\d+,\d+,|[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d |\d{4}-\d\d-\d\d[T ]|(?:\S+ )?kernel(?:\[\d+\])?: )/
const ANSI = /\x1b\[[0-9;]*[A-Za-z]/g

export function stripPrefix(given: string): Prefixed {
  const line: Line = {
    found: false,
    isKernel: true,
    stampUs: undefined,
    wallUs: undefined,
    wallText: undefined,
    yearlessUs: undefined,
    caller: '',
    isRfc5424: false,
    text: given.includes('\x1b') ? given.replace(ANSI, '') : given,
  }
  for (let rounds = 0; rounds < 8 && stripOne(line); rounds++) line.found = true
  const { isRfc5424: _, ...result } = line
  return result
}

function stripOne(line: Line): boolean {
  const { text } = line
  const take = (match: RegExpExecArray | null): boolean => {
    if (match === null) return false
    line.text = text.slice(match[0].length)
    return true
  }
  // Told apart by the first character, so that an ordinary line costs one or two patterns.
  switch (text.charCodeAt(0)) {
    case 91: {
      const stamp = STAMP.exec(text)
      if (stamp !== null && line.stampUs === undefined) {
        line.stampUs = Number(stamp[1]) * 1e6 + Number(stamp[2]!.padEnd(6, '0').slice(0, 6))
        return take(stamp)
      }
      const caller = CALLER.exec(text)
      if (caller !== null && line.caller === '' && line.found) {
        line.caller = caller[1]!
        return take(caller)
      }
      const human = HUMAN_STAMP.exec(text)
      if (human === null) return false
      state(line, stampOfText(human[1]!))
      return take(human)
    }
    case 60:
      line.isRfc5424 = RFC5424_HEAD.test(text)
      return take(PRIORITY.exec(text))
    case 9: // tab
    case 32:
      return take(INDENT.exec(text))
    case 124: // |
      return line.found && take(/^\| +/.exec(text))
    case 62:
      return take(QUOTE.exec(text))
    default:
      return stripTextual(line, take)
  }
}

function stripTextual(line: Line, take: (match: RegExpExecArray | null) => boolean): boolean {
  const { text } = line
  const iso = ISO.exec(text)
  if (iso !== null) {
    state(line, isoStamp(iso))
    const taken = take(iso)
    stripTag(line)
    return taken
  }
  const unix = UNIX.exec(text)
  if (unix !== null) {
    state(line, { us: Number(unix[1]) * 1e6 + Number(unix[2]), text: undefined })
    const taken = take(unix)
    stripTag(line)
    return taken
  }
  const syslog = SYSLOG.exec(text)
  if (syslog !== null) {
    state(line, stampOfText(syslog[1]!))
    const taken = take(syslog)
    stripTag(line)
    return taken
  }
  if (!line.found && CUT_STAMP.test(text)) return take(CUT_STAMP.exec(text))
  // After a stamp (journalctl -o short-monotonic) or alone.
  if (/^(?:\S+ )?(?:kernel|klogd)(?:\[\d+\])?: /.test(text)) return take(KERNEL_TAG.exec(text))
  return take(DECODED.exec(text)) || take(COMPOSE.exec(text))
}

/** `host kernel: `, `kernel: `, RFC 5424's `host kernel - - - `, or another program's tag. */
function stripTag(line: Line): void {
  const { text } = line
  if (line.isRfc5424) {
    const tag = RFC5424_TAG.exec(text)
    if (tag?.[1] === 'kernel') line.text = text.slice(tag[0].length)
    else line.isKernel = false
    return
  }
  const kernel = KERNEL_TAG.exec(text) ?? CRI.exec(text)
  if (kernel !== null) line.text = text.slice(kernel[0].length)
  else if (OTHER_TAG.test(text)) line.isKernel = false
}

/** Of several stamps the first counts, unless another says which moment it was. */
function state(line: Line, { us, text, yearlessUs }: WallStamp): void {
  line.yearlessUs ??= yearlessUs
  if (line.wallUs !== undefined && line.wallText === undefined) return
  if (line.wallUs === undefined || text === undefined) line.wallUs = us ?? line.wallUs
  line.wallText = us !== undefined && text === undefined ? undefined : (line.wallText ?? text)
}

let last: { text: string; stamp: WallStamp } | undefined

/** Lines that follow each other bear the same stamp, mostly. */
function stampOfText(text: string): WallStamp {
  if (last?.text !== text) last = { text, stamp: localStamp(decodeName(text)) }
  return last.stamp
}
