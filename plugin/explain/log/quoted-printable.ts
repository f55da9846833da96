/**
 * Mail as it is sent: `=20` for a blank at a line's end, `=3D` for '=', and a '=' that ends a line where the
 * text does not (RFC 2045, section 6.7). A log is taken for such only where it shows that it is, because
 * the kernel's own lines are full of '='.
 */

/** As the kernel never writes: its masks begin with 0x, its orders and scores are decimal. */
const ENCODED =
  /content-transfer-encoding: *quoted-printable|\b(?:gfp_mask|order|oom_score_adj|oom_adj|constraint|nodemask|cpuset|mems_allowed|task|pid|uid)=3D/i
/** No longer line is allowed; a mark of quotation may have come before it since. */
const MAX_LINE_CHARS = 80
const MIN_SOFT_CHARS = 60
const MAX_TEXT_CHARS = 16_384
/** A key of the kernel's at the end of a line that was broken after its '='. */
const KEY =
  /\b(?:gfp_mask|order|oom_score_adj|oom_adj|constraint|nodemask|cpuset|mems_allowed|oom_memcg|task_memcg|task|pid|uid|hugepages_\w+)=$|swap {1,2}=$/
const WORDS =
  /oom-killer|[Kk]ill(?:ed)? process \d|oom-kill:|total-|anon-rss|Comm: |\[ *\d+\.\d{6}\] /

export class QuotedPrintable {
  #isEncoded = false
  #broken: string | undefined

  get isIdle(): boolean {
    return !this.#isEncoded && this.#broken === undefined
  }

  /** @returns the line decoded; undefined where it goes on in the next */
  decode(line: string): string | undefined {
    const text = (this.#broken ?? '') + line
    this.#broken = undefined
    if (ENCODED.test(line)) this.#isEncoded = true
    if (line.endsWith('=') && text.length <= MAX_TEXT_CHARS && this.#isSoftBreak(line)) {
      this.#isEncoded = true
      this.#broken = text.slice(0, -1)
      return undefined
    }
    return this.#isEncoded ? decoded(text) : text
  }

  /** A line that waits for its rest when the log is at its end. */
  end(): string | undefined {
    const text = this.#broken
    this.#broken = undefined
    return text
  }

  /** Of the kernel's own lines, one that was broken after a '=' of its own must not pass. */
  #isSoftBreak(line: string): boolean {
    if (this.#isEncoded) return true
    return (
      line.length >= MIN_SOFT_CHARS &&
      line.length <= MAX_LINE_CHARS &&
      WORDS.test(line) &&
      !KEY.test(line)
    )
  }
}

function decoded(line: string): string {
  if (!line.includes('=')) return line
  return line.replace(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16))
  )
}
