/**
 * Prefixes that no list names: what repeats in front of the kernel's lines. One line of which the words of a
 * dump are known (anchors.ts) shows the form: numbers count on, words stay, punctuation stays.
 */

import { findAnchor, findStampedAnchor } from './anchors.ts'

/** Forms remembered of one log: several programs' output may be mixed. */
const MAX_FORMS = 12
const MAX_PREFIX_CHARS = 320
/** What is between two words of a prefix: places at which a known prefix may begin. */
const BOUNDARY = /(?<=[\s\]|>:"'(){}=,;])(?=[^\s])/g
/** Words that change from line to line: severities, months, days of the week, zones. */
const CHANGING =
  /^(?:[A-Za-z]|trace|debug|info|notice|warn|warning|err|error|crit|critical|alert|emerg|default|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun|am|pm|stdout|stderr)$/i
/** Figures and words of a dump in front of the words of another: text that was flowed anew. */
const IS_RECORD =
  /\d[kK]B\b|oom_score_adj|uid=\d|\bscore \d+ or |a child|total-vm|anon-rss|\bPID: \d|killer: |gfp_mask/
/** Another program than the kernel; of the kernel's messenger the name is not told by. */
const OTHER_TAG = /(\S{1,64})\[\d{1,10}\]: ?$/
const KERNELS = /kern|klog|dmesg|journal|syslog/i

type Token = { readonly kind: 'word' | 'number' | 'mixed' | 'blank' | 'other'; text: string }

interface Form {
  tokens: Token[]
  pattern: RegExp
  readonly isKernel: boolean
  readonly isBeforeKnown: boolean
}

export interface Learned {
  /** Length of what stands before. */
  readonly length: number
  readonly isKernel: boolean
  /** A known prefix follows it: where none does, it is none either. */
  readonly isBeforeKnown: boolean
}

export class LearnedPrefixes {
  readonly #forms: Form[] = []

  get isEmpty(): boolean {
    return this.#forms.length === 0
  }

  /** What of a line is a prefix that was learned. */
  match(line: string): Learned | undefined {
    for (const [at, form] of this.#forms.entries()) {
      const found = form.pattern.exec(line)
      if (found === null) continue
      // The next line has most likely the same.
      if (at > 0) this.#forms.unshift(...this.#forms.splice(at, 1))
      const { isKernel, isBeforeKnown } = form
      return { length: found[0].length, isKernel, isBeforeKnown }
    }
    return undefined
  }

  /**
   * Learns from a line with the words of a dump in its middle; false where there are none, or where what
   * stands before them is no prefix.
   *
   * @param knownEnd length of what remains once the known prefixes are taken off a text
   */
  learn(line: string, knownEnd: (text: string) => number): boolean {
    const stamped = findStampedAnchor(line)
    const at = stamped > 0 ? stamped : findAnchor(line)
    if (at <= 0 || at > MAX_PREFIX_CHARS) return false
    const front = line.slice(0, at)
    if (front.trim() === '' || IS_RECORD.test(front)) return false
    if (knownEnd(line) <= line.length - at) return false
    const end = unknownEnd(line, at, knownEnd)
    return this.remember(line.slice(0, end), end < at)
  }

  /** @param prefix of which no part is known @returns false where its form is known already */
  remember(prefix: string, isBeforeKnown = false): boolean {
    if (prefix.trim() === '') return false
    const tokens = tokensOf(prefix)
    const tag = OTHER_TAG.exec(prefix)?.[1]
    const isKernel = tag === undefined || KERNELS.test(tag)
    const like = this.#forms.find(form => isAlike(form.tokens, tokens))
    if (like !== undefined) {
      if (like.pattern.test(prefix)) return false
      like.tokens = like.tokens.map((token, index) =>
        token.text === tokens[index]!.text ? token : { ...token, text: '' }
      )
      like.pattern = patternOf(like.tokens)
      return true
    }
    this.#forms.unshift({ tokens, pattern: patternOf(tokens), isKernel, isBeforeKnown })
    this.#forms.length = Math.min(this.#forms.length, MAX_FORMS)
    return true
  }
}

/**
 * Where the part ends that no list names: a host, a clock or a level may stand before a prefix that is
 * known, which tells the time and the program.
 */
function unknownEnd(line: string, at: number, knownEnd: (text: string) => number): number {
  const front = line.slice(0, at)
  for (const { index } of front.matchAll(BOUNDARY)) {
    if (index > 0 && knownEnd(line.slice(index)) <= line.length - at) return index
  }
  return at
}

function tokensOf(prefix: string): Token[] {
  return [...prefix.matchAll(/[0-9A-Za-z_]+|\s+|[^0-9A-Za-z_\s]+/g)].map(([text]) => {
    if (/^\s/.test(text)) return { kind: 'blank', text }
    if (/^\d+$/.test(text)) return { kind: 'number', text }
    if (/^[A-Za-z_]+$/.test(text)) return { kind: 'word', text: CHANGING.test(text) ? '' : text }
    return { kind: /^\w/.test(text) ? 'mixed' : 'other', text }
  })
}

/** Of one form: the same kinds in the same order, the same punctuation. */
function isAlike(one: readonly Token[], other: readonly Token[]): boolean {
  return (
    one.length === other.length &&
    one.every((token, at) => {
      const { kind, text } = other[at]!
      return token.kind === kind && (kind !== 'other' || token.text === text)
    })
  )
}

function patternOf(tokens: readonly Token[]): RegExp {
  const source = tokens.map(({ kind, text }, at) => {
    // At its end no more is taken than there was: the kernel's own words may begin with a blank.
    if (kind === 'blank') return at === tokens.length - 1 ? `\\s{${text.length}}` : '\\s+'
    if (kind === 'number') return '\\d+'
    if (kind === 'mixed') return '\\w+'
    if (kind === 'word' && text === '') return '[A-Za-z_]+'
    return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  })
  return new RegExp(`^${source.join('')}`)
}
