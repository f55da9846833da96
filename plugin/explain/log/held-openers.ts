/**
 * The first line of a dump waits for those after it: one of them may show what stands before the kernel's
 * words, and with it where the name of the process begins that invoked the killer.
 */

import type { Entry } from './entry.ts'
import { triggerIn } from './opener-name.ts'
import type { PrefixStripper } from './prefix-stripper.ts'

export interface Line {
  readonly text: string
  /** What its container says of it; undefined where it has none. */
  readonly entry: Entry | undefined
}

/** Raw record: `PRIO,SEQ,STAMP,FLAGS[,...];` */
export const RAW = /^\d+,\d+,\d+,[^;]*;/
/** Its name, before the words, is as long as it is only where nothing else stands before it. */
const OPENER = / invoked(?: oom-killer|$)/
/** Lines after an opener in which one is looked for that shows where its name begins. */
const MAX_HELD = 48

export class HeldOpeners {
  readonly #prefixes: PrefixStripper
  readonly #onLines: (lines: readonly Line[], trigger: string | undefined) => void
  #held: Line[] = []

  /** @param onLines called with the lines in their order; `trigger` is the name by the CPU line among them */
  constructor(
    prefixes: PrefixStripper,
    onLines: (lines: readonly Line[], trigger: string | undefined) => void
  ) {
    this.#prefixes = prefixes
    this.#onLines = onLines
  }

  get isIdle(): boolean {
    return this.#held.length === 0
  }

  push(line: Line): void {
    const { text } = line
    const isOpener = OPENER.test(text)
    if (this.#held.length === 0) {
      if (isOpener && !RAW.test(text) && !this.#prefixes.learn(text)) this.#held.push(line)
      else this.#onLines([line], undefined)
      return
    }
    const isTelling = isOpener || this.#prefixes.learn(text) || this.#prefixes.isCertain(text)
    if (isOpener) this.end()
    this.#held.push(line)
    if ((isTelling && !isOpener) || this.#held.length >= MAX_HELD) this.end()
  }

  end(): void {
    const held = this.#held
    this.#held = []
    if (held.length > 0) this.#onLines(held, triggerIn(held.map(({ text }) => text)))
  }
}
