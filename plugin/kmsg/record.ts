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

/** The longest line accepted; the kernel's own bound is 2048 bytes and the header. */
export const MAX_RECORD_LENGTH = 16_384

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
   * only what is published is decoded (see oom/names.ts).
   */
  readonly text: string
}

const COMMA = 44
const SPACE = 32
const CALLER = ',caller='

/**
 * Reads one header line, without its newline.
 *
 * @returns undefined for anything that is not a record: dictionary lines, cut or foreign lines
 */
export function parseKmsgRecord(line: string): KmsgRecord | undefined {
  let at = 0
  let number = 0
  let digits = 0
  let field = 0
  let priority = 0
  let seq = 0
  // Written out by hand, because this runs for every line the kernel prints.
  for (; field < 3; at++) {
    const code = line.charCodeAt(at)
    if (code >= 48 && code <= 57) {
      number = number * 10 + (code - 48)
      digits++
    } else if (code === COMMA && digits > 0) {
      if (field === 0) priority = number
      else if (field === 1) seq = number
      else break
      number = 0
      digits = 0
      field++
    } else {
      return undefined
    }
  }
  const semicolon = line.indexOf(';', at)
  if (semicolon === -1) return undefined
  let caller = ''
  if (semicolon > at + 2) {
    const start = line.indexOf(CALLER, at)
    if (start !== -1 && start < semicolon) {
      const from = start + CALLER.length
      const end = line.indexOf(',', from)
      caller = line.slice(from, end !== -1 && end < semicolon ? end : semicolon)
    }
  }
  const raw = line.slice(semicolon + 1)
  return {
    seq,
    timestampUs: number,
    facility: priority >>> 3,
    level: priority & 7,
    caller,
    text: raw.includes('\\') ? unescapeKmsgText(raw) : raw,
  }
}

/** Undoes `\xNN`. An escape cut short by the record's bound stays as it stands. */
export function unescapeKmsgText(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16))
  )
}

/**
 * Cuts a byte stream into records, wherever its chunks end. Holds at most one unfinished line, and
 * of that at most {@link MAX_RECORD_LENGTH} characters: what is longer is no record and is skipped.
 */
export class KmsgRecordSplitter {
  #rest = ''
  #skipping = false

  /**
   * @param chunk bytes as a latin1 string
   * @param onRecord called for each record that this chunk completes, in order
   */
  push(chunk: string, onRecord: (record: KmsgRecord) => void): void {
    let start = 0
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', start)) {
      if (this.#skipping) {
        this.#skipping = false
      } else {
        const line =
          this.#rest === '' ? chunk.slice(start, end) : this.#rest + chunk.slice(start, end)
        this.#rest = ''
        if (line.charCodeAt(0) !== SPACE && line.length <= MAX_RECORD_LENGTH) {
          const record = parseKmsgRecord(line)
          if (record !== undefined) onRecord(record)
        }
      }
      start = end + 1
    }
    if (this.#skipping || start === chunk.length) return
    if (this.#rest.length + chunk.length - start > MAX_RECORD_LENGTH) {
      this.#rest = ''
      this.#skipping = true
    } else {
      this.#rest += chunk.slice(start)
    }
  }

  /** Forgets an unfinished line: its source ended in the middle of a record. */
  reset(): void {
    this.#rest = ''
    this.#skipping = false
  }
}
