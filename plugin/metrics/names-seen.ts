/**
 * Names as values of a label: the first so many, and `other` for all that come later, so that nobody who makes
 * up names makes up series without end.
 */

export const OTHER = 'other'
/** Longer ones are nobody's name of a service. */
const MAX_NAME_LENGTH = 100

export class NamesSeen {
  readonly #max: number
  readonly #names = new Set<string>()

  constructor(max: number) {
    this.#max = max
  }

  labelOf(name: unknown): string {
    if (typeof name !== 'string' || name.length > MAX_NAME_LENGTH) return OTHER
    if (this.#names.has(name)) return name
    if (this.#names.size >= this.#max) return OTHER
    this.#names.add(name)
    return name
  }
}
