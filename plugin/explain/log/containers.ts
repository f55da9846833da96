/** Takes lines out of what other programs packed them in. */

import { cleanLine } from './clean.ts'
import { CsvReader } from './csv.ts'
import { embeddedLines } from './embedded-lines.ts'
import type { Entry } from './entry.ts'
import { JournalFields } from './journal-fields.ts'
import { JsonReader } from './json.ts'
import { QuotedPrintable } from './quoted-printable.ts'

export class Containers {
  readonly #mail = new QuotedPrintable()
  readonly #json = new JsonReader()
  readonly #journal = new JournalFields()
  readonly #csv = new CsvReader()

  /** Whether nothing is open, and a line of a log is taken for what it is. */
  get isIdle(): boolean {
    return this.#mail.isIdle && !this.#json.isOpen && !this.#journal.isOpen && this.#csv.isIdle
  }

  /** @returns the lines and entries that are whole now; of an entry, its container says more than its text */
  take(line: string): Array<Entry | string> {
    const decoded = this.#mail.decode(cleanLine(line))
    return decoded === undefined ? [] : this.#unpack(decoded)
  }

  /** What waits for more when the log is at its end. */
  end(): Array<Entry | string> {
    const mail = this.#mail.end()
    const last = mail === undefined ? [] : this.#unpack(mail)
    const json = this.#json.giveBack().flatMap(line => this.#plain(line))
    const csv = this.#csv.end()
    return [...last, ...json, ...this.#journal.end(), ...(csv === undefined ? [] : [csv])].map(
      cleaned
    )
  }

  #unpack(line: string): Array<Entry | string> {
    const entries = this.#json.take(line)
    if (entries !== undefined) return entries.map(cleaned)
    // It was taken for a document, and is none: its lines are what they are.
    const lines = this.#json.giveBack()
    return (lines.length === 0 ? [line] : lines).flatMap(one => this.#plain(one)).map(cleaned)
  }

  #plain(line: string): Array<Entry | string> {
    const fields = this.#journal.take(line)
    if (fields !== undefined) return fields
    const ended = this.#journal.end()
    const column = this.#csv.take(line)
    if (column === null) return ended
    return [...ended, ...embeddedLines(column ?? line)]
  }
}

/** An entry's lines are cleaned once more: as text of JSON they could not be. */
function cleaned(given: Entry | string): Entry | string {
  if (typeof given === 'string') return given
  return { ...given, text: given.text.split('\n').map(cleanLine).join('\n') }
}
