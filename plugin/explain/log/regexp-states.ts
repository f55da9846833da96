/**
 * Regular expressions as states, each of which takes some bytes on to the next (Thompson, "Regular Expression
 * Search Algorithm", CACM 11:6, 1968). For expressions without looks around, boundaries and references.
 */

/** For each byte, 1 where it is one of them. */
export type ByteSet = Uint8Array

export interface State {
  /** The bytes that lead to the next states; undefined: these are reached without one. */
  readonly bytes: ByteSet | undefined
  readonly next: readonly State[]
}

type Tree =
  | { readonly bytes: ByteSet }
  | { readonly sequence: readonly Tree[] }
  | { readonly choice: readonly Tree[] }
  | { readonly repeated: Tree; readonly min: number; readonly max: number }

/**
 * @param source of an expression, which is to match from where it begins
 * @param end is reached where it has matched
 * @returns its beginning
 * @throws SyntaxError for what has no states
 */
export function statesOf(source: string, end: State): State {
  return statesBefore(new Parser(source).parse(), end)
}

function statesBefore(tree: Tree, end: State): State {
  if ('bytes' in tree) return { bytes: tree.bytes, next: [end] }
  if ('sequence' in tree) {
    return tree.sequence.reduceRight((next, part) => statesBefore(part, next), end)
  }
  if ('choice' in tree) return either(tree.choice.map(part => statesBefore(part, end)))
  const { repeated, min, max } = tree
  let states = end
  if (max === Number.POSITIVE_INFINITY) {
    const next = [end]
    states = either(next)
    next.push(statesBefore(repeated, states))
  } else {
    for (let count = min; count < max; count++)
      states = either([end, statesBefore(repeated, states)])
  }
  for (let count = 0; count < min; count++) states = statesBefore(repeated, states)
  return states
}

function either(next: readonly State[]): State {
  return { bytes: undefined, next }
}

const QUANTIFIER = /[?*+]|\{(\d+)(,?)(\d*)\}/y
const CHARACTER = /\[(?:[^\]\\]|\\.)*\]|\\x[0-9a-fA-F]{2}|\\[^\dbBckpPuxk]|\\0(?!\d)|[^\\^$()|?*+]/y

class Parser {
  readonly #source: string
  readonly #sets = new Map<string, ByteSet>()
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  parse(): Tree {
    const tree = this.#choice()
    if (this.#at < this.#source.length) throw this.#unknown()
    return tree
  }

  #choice(): Tree {
    const choice = [this.#sequence()]
    while (this.#takes('|')) choice.push(this.#sequence())
    return { choice }
  }

  #sequence(): Tree {
    const sequence: Tree[] = []
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at]!)) {
      sequence.push(this.#quantified(this.#atom()))
    }
    return { sequence }
  }

  #atom(): Tree {
    if (!this.#takes('(')) return { bytes: this.#bytes() }
    if (this.#source.startsWith('?', this.#at) && !this.#takes('?:')) throw this.#unknown()
    const tree = this.#choice()
    if (!this.#takes(')')) throw this.#unknown()
    return tree
  }

  /** What a character, an escape or a class stands for JavaScript knows itself. */
  #bytes(): ByteSet {
    const [text] = this.#match(CHARACTER) ?? []
    if (text === undefined) throw this.#unknown()
    const known = this.#sets.get(text)
    if (known !== undefined) return known
    const one = new RegExp(`^${text}$`)
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) =>
      Number(one.test(String.fromCharCode(byte)))
    )
    this.#sets.set(text, bytes)
    return bytes
  }

  #quantified(repeated: Tree): Tree {
    const found = this.#match(QUANTIFIER)
    if (found === undefined) return repeated
    // Whether the longest or the shortest match comes first is nothing to who asks whether there is one.
    this.#takes('?')
    const [sign, least, comma, most] = found
    if (least === undefined) {
      return {
        repeated,
        min: sign === '+' ? 1 : 0,
        max: sign === '?' ? 1 : Number.POSITIVE_INFINITY,
      }
    }
    const min = Number(least)
    if (comma === '') return { repeated, min, max: min }
    return { repeated, min, max: most === '' ? Number.POSITIVE_INFINITY : Number(most) }
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#source)
    if (found === null) return undefined
    this.#at = pattern.lastIndex
    return found
  }

  #takes(text: string): boolean {
    const isThere = this.#source.startsWith(text, this.#at)
    if (isThere) this.#at += text.length
    return isThere
  }

  #unknown(): SyntaxError {
    return new SyntaxError(`no states for ${this.#source.slice(this.#at)} in ${this.#source}`)
  }
}
