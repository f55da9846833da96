/**
 * A journal with a field a line: `journalctl -o verbose` (a line with time and cursor, then indented fields),
 * `-o export` (fields, then an empty line), and lists of fields that people copied.
 *
 * Source: systemd, docs/JOURNAL_EXPORT_FORMATS.md.
 */

import { type Entry, isKernels } from './entry.ts'

const FIELD = /^\s*([A-Z_][A-Z0-9_]{1,63})=(.*)$/s
/** Fields by which a journal is told from other lines with a '=' in them. */
const TELLING =
  /^\s*(?:__(?:CURSOR|REALTIME_TIMESTAMP|MONOTONIC_TIMESTAMP)|_TRANSPORT|_BOOT_ID|_MACHINE_ID|_HOSTNAME|SYSLOG_IDENTIFIER|SYSLOG_FACILITY|PRIORITY|MESSAGE)=/
/** `Thu 2023-02-02 11:49:10.000001 UTC [s=1d;i=a5;...]` */
const HEAD = /^\S{2,12} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))? (\S{1,8}) \[s=[0-9a-f]+;/
const MAX_MESSAGE_CHARS = 65_536

export class JournalFields {
  #message: string | undefined
  #indent = 0
  #isInMessage = false
  #transport: string | undefined
  #identifier: string | undefined
  #wallUs: number | undefined
  #isOpen = false

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** @returns the entry that a line ends, or none yet; undefined where the line is no part of a journal */
  take(line: string): Entry[] | undefined {
    const head = line.includes(' [s=') ? HEAD.exec(line) : null
    if (head !== null) {
      const entries = this.end()
      this.#isOpen = true
      this.#wallUs = timeOfHead(head)
      return entries
    }
    const field = line.includes('=') ? FIELD.exec(line) : null
    if (field !== null && (this.#isOpen || TELLING.test(line))) return this.#field(field, line)
    if (!this.#isOpen) return undefined
    if (line.trim() === '') return this.end()
    // A message of several lines, each indented below its first.
    if (this.#isInMessage && line.search(/\S/) >= this.#indent) {
      if ((this.#message?.length ?? 0) < MAX_MESSAGE_CHARS)
        this.#message += `\n${line.slice(this.#indent)}`
      return []
    }
    return undefined
  }

  end(): Entry[] {
    const text = this.#message
    const entry = {
      text: text ?? '',
      wallUs: this.#wallUs,
      isKernel: isKernels(this.#transport, this.#identifier),
    }
    this.#message = undefined
    this.#isInMessage = false
    this.#transport = undefined
    this.#identifier = undefined
    this.#wallUs = undefined
    this.#isOpen = false
    return text === undefined ? [] : [entry]
  }

  #field([, name, value]: RegExpExecArray, line: string): Entry[] {
    // A field that the entry has already, or the first of every entry: the next one begins.
    const isNext = name === '__CURSOR' || (name === 'MESSAGE' && this.#message !== undefined)
    const entries = isNext && this.#isOpen && this.#message !== undefined ? this.end() : []
    this.#isOpen = true
    this.#isInMessage = false
    if (name === 'MESSAGE') {
      this.#message = value!
      this.#isInMessage = true
      this.#indent = line.indexOf('MESSAGE=') + 'MESSAGE='.length
    } else if (name === '_TRANSPORT') this.#transport = value!
    else if (name === 'SYSLOG_IDENTIFIER') this.#identifier = value!
    else if (name === '__REALTIME_TIMESTAMP') this.#wallUs = Number(value) || undefined
    return entries
  }
}

function timeOfHead([, date, time, fraction, zone]: RegExpExecArray): number | undefined {
  // In another zone than UTC the moment is not told by the zone's name.
  if (zone !== 'UTC' && zone !== 'GMT') return undefined
  const ms = Date.parse(`${date}T${time}Z`)
  return Number.isNaN(ms) ? undefined : ms * 1000 + Number((fraction ?? '').padEnd(6, '0'))
}
