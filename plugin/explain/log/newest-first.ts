/**
 * The order of a log: newest first, as `journalctl -r` and many viewers show it, or oldest first. It shows
 * in a dump: the kernel prints the line that names the victim before the kill, and a table's header before
 * its rows. Of a log that runs backwards, what lies between two openers is turned round: memory holds one
 * dump, and the kills stay in the order of the log.
 */

import { parseKillLine, parseSacrificeLine } from '../../oom/lines/kill.ts'
import { parseOpener } from '../../oom/lines/opener.ts'
import { parseStructuredLine } from '../../oom/lines/structured.ts'

/** Records after which a kill that stands alone is taken for what it is. */
const MAX_LOOK_RECORDS = 12
/** Records held of a dump: a table of so many processes is no table. */
const MAX_HELD_RECORDS = 100_000

type Kind = 'opener' | 'header' | 'row' | 'names' | 'kill' | 'other'

interface Read {
  readonly kind: Kind
  readonly pid: number | undefined
}

export class NewestFirst<T extends { readonly text: string }> {
  readonly #onRecord: (record: T) => void
  #held: T[] = []
  #isBackward = false
  /** Of the kill or the row with which the held records begin. */
  #first: Read | undefined
  /** The first telling line since the last opener, of a log that runs backward. */
  #before: Read | undefined
  /** A dump was begun, in the order in which the kernel prints it. */
  #isInDump = false

  constructor(onRecord: (record: T) => void) {
    this.#onRecord = onRecord
  }

  /** Whether a record that is none of a dump goes straight on. */
  get isIdle(): boolean {
    return !this.#isBackward && this.#first === undefined
  }

  push(record: T): void {
    const read = kindOf(record.text)
    if (this.#isBackward) this.#pushBackward(record, read)
    else if (this.#first !== undefined) this.#pushHeld(record, read)
    else this.#pushForward(record, read)
  }

  end(): void {
    this.#give()
  }

  #pushForward(record: T, read: Read): void {
    const { kind } = read
    // A kill or a row of which nothing came before: the rest may follow.
    if (!this.#isInDump && (kind === 'kill' || kind === 'row')) {
      this.#first = read
      this.#held.push(record)
      return
    }
    if (kind === 'kill') this.#isInDump = false
    else if (kind !== 'other') this.#isInDump = true
    this.#onRecord(record)
  }

  #pushHeld(record: T, read: Read): void {
    const { kind, pid } = this.#first!
    this.#held.push(record)
    const isTurned =
      kind === 'kill' ? read.kind === 'names' && read.pid === pid : read.kind === 'header'
    if (isTurned) {
      this.#isBackward = true
      this.#first = undefined
      return
    }
    const isUndecided = read.kind === 'other' || (kind === 'row' && read.kind === 'row')
    const bound = kind === 'kill' ? MAX_LOOK_RECORDS : MAX_HELD_RECORDS
    if (!isUndecided || this.#held.length >= bound) this.#settle()
  }

  /** The log runs forward here: what was held, and its last record as if nothing was. */
  #settle(): void {
    const last = this.#held.pop()!
    const first = this.#first
    this.#first = undefined
    const held = this.#held
    this.#held = []
    for (const record of held) this.#onRecord(record)
    this.#isInDump = first?.kind === 'row'
    this.push(last)
  }

  #pushBackward(record: T, read: Read): void {
    const { kind, pid } = read
    this.#held.push(record)
    const before = this.#before
    // Another log may begin, which runs forward.
    const isForward =
      (kind === 'row' && before?.kind === 'header') ||
      (kind === 'kill' && before?.kind === 'names' && before.pid === pid)
    if (isForward) {
      this.#isBackward = false
      this.#isInDump = kind === 'row'
      this.#give()
    } else if (kind === 'opener' || this.#held.length > MAX_HELD_RECORDS) {
      this.#give()
    } else if (before === undefined && kind !== 'other') {
      this.#before = read
    }
  }

  #give(): void {
    const held = this.#held
    this.#held = []
    this.#first = undefined
    this.#before = undefined
    if (this.#isBackward) held.reverse()
    for (const record of held) this.#onRecord(record)
  }
}

function kindOf(text: string): Read {
  const first = text.charCodeAt(0)
  if (first === 91) {
    if (/^\[ *\d+\](?: +-?\d+){5}/.test(text)) return { kind: 'row', pid: undefined }
    if (/^\[ *pid *\] +uid/.test(text)) return { kind: 'header', pid: undefined }
    return { kind: 'other', pid: undefined }
  }
  const structured = parseStructuredLine(text) ?? parseSacrificeLine(text)
  if (structured !== undefined) return { kind: 'names', pid: structured.pid }
  const kill = parseKillLine(text)
  if (kill !== undefined) return { kind: 'kill', pid: kill.pid }
  const isOpener = parseOpener(text) !== undefined
  return { kind: isOpener ? 'opener' : 'other', pid: undefined }
}
