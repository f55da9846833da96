/**
 * The `oom-kill:` line of one dump, put together where it came in parts: another CPU's output may cut
 * it, and the kernel begins a new record when one is full (1024 bytes), as it is with long paths.
 */

import {
  isStructuredPart,
  parseStructuredLine,
  STRUCTURED,
  type StructuredLine,
} from './lines/structured.ts'

/** A part as long as this may have lost its end, and with it the end of a path. */
const FULL_PART_CHARS = 1000
const MAX_TEXT_CHARS = 16_384

export class StructuredRecord {
  #text = ''
  #line: StructuredLine | undefined
  #hasFullPart = false
  /** As it was read last for a victim of this name. */
  #named: { comm: string; line: StructuredLine | undefined } | undefined

  get line(): StructuredLine | undefined {
    return this.#line
  }

  /** Whether its end is missing so far. */
  get isCut(): boolean {
    return this.#line !== undefined && this.#line.pid === undefined
  }

  /** Takes the line, or a further part of it; false when it is neither. */
  push(line: string): boolean {
    if (line.startsWith(STRUCTURED)) return this.#read(line)
    if (!this.isCut || !isStructuredPart(line, this.#text)) return false
    this.#hasFullPart ||= line.length >= FULL_PART_CHARS
    return this.#read(this.#text + line)
  }

  #read(text: string): boolean {
    const line = text.length > MAX_TEXT_CHARS ? undefined : parseStructuredLine(text)
    if (line === undefined) return false
    this.#text = text
    this.#named = undefined
    this.#line = this.#hasFullPart ? withoutLongPaths(line) : line
    return true
  }

  /** Whether it speaks of this victim, or of nobody, being cut. */
  isAbout(pid: number, comm: string): boolean {
    if (this.#line?.pid === undefined) return true
    const line = this.#readFor(comm)
    return line?.pid === pid && line.comm === comm
  }

  /** Reads it once more: with the name known, paths that look like parts of the line are told from them. */
  nameVictim(comm: string): void {
    const line = this.#readFor(comm)
    if (line !== undefined && !this.#hasFullPart) this.#line = line
  }

  #readFor(comm: string): StructuredLine | undefined {
    if (this.#named?.comm !== comm) {
      this.#named = { comm, line: parseStructuredLine(this.#text, comm) }
    }
    return this.#named.line
  }
}

function withoutLongPaths(line: StructuredLine): StructuredLine {
  const { oomMemcg, taskMemcg } = line
  const whole = (path: string | undefined): string | undefined =>
    path !== undefined && path.length >= FULL_PART_CHARS - 64 ? undefined : path
  return { ...line, oomMemcg: whole(oomMemcg), taskMemcg: whole(taskMemcg) }
}
