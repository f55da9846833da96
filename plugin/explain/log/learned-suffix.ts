/**
 * What a program puts behind every line: a quotation mark, the columns of a table, the end of a tag. It is
 * learned from the lines of a dump whose ends are known.
 */

const MAX_SUFFIX_CHARS = 64
const MAX_FORMS = 4
/** Ends of lines of a dump. */
const ENDS: ReadonlyArray<readonly [begins: RegExp, end: RegExp]> = [
  [/^\[ {0,8}pid {0,8}\] {1,8}uid/, / name(?=[^\w])/],
  [/^oom-kill:constraint=/, /,pid=\d{1,10},uid=\d{1,10}(?=\D)/],
  [
    /^(?:Memory cgroup o|O)ut of memory[^:]{0,32}: Killed process/,
    / oom_score_adj:-?\d{1,4}(?=\D)/,
  ],
  [/^.{1,80} invoked oom-killer: /, /\boom_(?:score_)?adj=-?\d{1,4}(?=\D)/],
  [/^Mem-[Ii]nfo:/, /:(?=.)/],
  [/^Tasks state \(memory values/, /\):(?=.)/],
]
/** Cheaper than to look for each: nearly no line passes it, and all that one of them takes do. */
const MAY_BEGIN = /pid *\]|oom-kill:|ut of memory| invoked |^Mem-|^Tasks state/

export class LearnedSuffix {
  readonly #forms: RegExp[] = []

  get isEmpty(): boolean {
    return this.#forms.length === 0
  }

  /** @returns the text without what was learned to stand behind it */
  strip(text: string): string {
    this.#learn(text)
    for (const form of this.#forms) {
      // Looked for at the end only: a pattern would try every place of a long line.
      const from = Math.max(0, text.length - MAX_SUFFIX_CHARS)
      const found = form.exec(text.slice(from))
      if (found !== null) return text.slice(0, from + found.index)
    }
    return text
  }

  #learn(text: string): void {
    if (this.#forms.length >= MAX_FORMS || !MAY_BEGIN.test(text)) return
    for (const [begins, end] of ENDS) {
      if (!begins.test(text)) continue
      const found = end.exec(text)
      if (found === null) return
      const suffix = text.slice(found.index + found[0].length)
      if (isSuffix(suffix) && !this.#forms.some(form => form.test(suffix))) {
        this.#forms.push(formOf(suffix))
      }
      return
    }
  }
}

/** It is set off from the text, and is no further record. */
function isSuffix(text: string): boolean {
  return (
    text.length <= MAX_SUFFIX_CHARS &&
    /^[^\w:-]/.test(text) &&
    !/\d[kK]B\b|[a-z]:\d|=\d| \d+ \d+ /.test(text)
  )
}

function formOf(suffix: string): RegExp {
  const source = suffix.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/\d+/g, '(?<!\\d)\\d{1,20}')
  return new RegExp(`${source}$`)
}
