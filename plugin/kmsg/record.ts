/**
 * The record format of /dev/kmsg.
 *
 *     PRIO,SEQ,TIMESTAMP,FLAGS[,caller=T123|C4];TEXT\n
 *      KEY=value\n            (dictionary, each line with a leading space)
 *
 * PRIO = facility * 8 + level, SEQ counts records since boot, TIMESTAMP is microseconds of the
 * kernel's local clock since boot, FLAGS is `-` or `c` (a continuation). Bytes below 32, from 127
 * up, and the backslash arrive as `\xNN`; so a multi-line printk is one record.
 *
 * Source: kernel, Documentation/ABI/testing/dev-kmsg; kernel/printk/printk.c: info_print_ext_header,
 * msg_add_ext_text.
 */

import { unescapeBytes } from '../kernel-names.ts'

export interface KmsgRecord {
  /** Number of the record since boot. */
  readonly seq: number
  /** The kernel's local clock since boot, in microseconds. */
  readonly timestampUs: number
  /** 0: written by the kernel; 1 (user) and up: written by a process. */
  readonly facility: number
  /** Syslog severity, 0 (emergency) to 7 (debug). */
  readonly level: number
  /** Thread or CPU that printed the record (`T123`, `C4`); empty without CONFIG_PRINTK_CALLER. */
  readonly caller: string
  /**
   * The text, one character per byte (latin1), escapes undone: names in it may be any bytes, and
   * only what is published is decoded (see kernel-names.ts).
   */
  readonly text: string
}

const NEWLINE = 10
const ZERO = 48
const COMMA = 44
const SEMICOLON = 59
const BACKSLASH = 92
const CALLER = Buffer.from(',caller=')

/**
 * A record where it lies, in the bytes that came from the device. Nearly all that the kernel prints
 * is of no interest or a row of a task table: those are read in place, and no string is made of them.
 * One object serves for all records, and holds until the next {@link read}.
 */
export class RawRecord {
  seq = 0
  timestampUs = 0
  /** The text as it was read, with its escapes: `bytes[textAt]` up to `bytes[textEnd]`, exclusive. */
  bytes: Buffer = Buffer.alloc(0)
  textAt = 0
  textEnd = 0
  #priority = 0
  /** Where the header's third comma is. */
  #flagsAt = 0

  get facility(): number {
    return this.#priority >>> 3
  }

  get caller(): string {
    const { bytes, textAt } = this
    // Mostly it is `,-;` or `,c;` that comes before the text.
    if (textAt <= this.#flagsAt + 3) return ''
    const found = bytes.indexOf(CALLER, this.#flagsAt)
    if (found === -1 || found >= textAt) return ''
    const at = found + CALLER.length
    const comma = bytes.indexOf(COMMA, at)
    return bytes.toString('latin1', at, comma === -1 || comma >= textAt ? textAt - 1 : comma)
  }

  get isEscaped(): boolean {
    const { bytes, textEnd } = this
    let at = this.textAt
    while (at < textEnd && bytes[at] !== BACKSLASH) at++
    return at < textEnd
  }

  get text(): string {
    return unescapeBytes(this.bytes.toString('latin1', this.textAt, this.textEnd))
  }

  /** A copy that stays. */
  toRecord(): KmsgRecord {
    return {
      seq: this.seq,
      timestampUs: this.timestampUs,
      facility: this.facility,
      level: this.#priority & 7,
      caller: this.caller,
      text: this.text,
    }
  }

  /**
   * Reads the record that begins at `start` and ends at the first newline or at `limit`; what follows
   * the newline is its dictionary.
   *
   * @returns whether it is a record: dictionary lines, cut and foreign lines are none. `textEnd` is
   *   where the line ends either way
   */
  read(bytes: Buffer, start: number, limit: number): boolean {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline === -1 || newline > limit ? limit : newline
    this.bytes = bytes
    this.textEnd = end
    // Written out by hand, because this runs for every line the kernel prints.
    let at = start
    let digit = bytes[at]! - ZERO
    let priority = 0
    for (; at < end && digit >= 0 && digit <= 9; digit = bytes[++at]! - ZERO)
      priority = priority * 10 + digit
    if (at === start || at >= end || bytes[at] !== COMMA) return false
    const seqAt = ++at
    let seq = 0
    digit = bytes[at]! - ZERO
    for (; at < end && digit >= 0 && digit <= 9; digit = bytes[++at]! - ZERO) seq = seq * 10 + digit
    if (at === seqAt || at >= end || bytes[at] !== COMMA) return false
    const stampAt = ++at
    let stamp = 0
    digit = bytes[at]! - ZERO
    for (; at < end && digit >= 0 && digit <= 9; digit = bytes[++at]! - ZERO)
      stamp = stamp * 10 + digit
    if (at === stampAt || at >= end || bytes[at] !== COMMA) return false
    const isShort = bytes[at + 2] === SEMICOLON && bytes[at + 1] !== SEMICOLON
    const semicolon = isShort ? at + 2 : bytes.indexOf(SEMICOLON, at)
    if (semicolon === -1 || semicolon >= end) return false
    this.#priority = priority
    this.seq = seq
    this.timestampUs = stamp
    this.#flagsAt = at
    this.textAt = semicolon + 1
    return true
  }
}

const single = new RawRecord()

/**
 * Reads one line of raw records, one character per byte, without its newline.
 *
 * @returns undefined for anything that is not a record
 */
export function parseKmsgRecord(line: string): KmsgRecord | undefined {
  const bytes = Buffer.from(line, 'latin1')
  return single.read(bytes, 0, bytes.length) ? single.toRecord() : undefined
}
