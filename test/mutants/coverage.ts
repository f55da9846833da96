/** Which code a test file executes, as V8 counts it: what it does not execute it cannot notice. */

import { readdirSync, readFileSync } from 'node:fs'
import type { Profiler } from 'node:inspector'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export class Coverage {
  /** Ranges by the path of their script; one list for each process that ran it. */
  readonly #ranges = new Map<string, Profiler.CoverageRange[][]>()

  /** @param folder that NODE_V8_COVERAGE named */
  constructor(folder: string) {
    for (const name of readdirSync(folder)) {
      const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
        result: Profiler.ScriptCoverage[]
      }
      for (const { url, functions } of result) {
        if (!url.startsWith('file:')) continue
        const path = fileURLToPath(url)
        const ranges = functions.flatMap(one => one.ranges)
        this.#ranges.set(path, [...(this.#ranges.get(path) ?? []), ranges])
      }
    }
  }

  /** Whether the code at a place of a script was executed. */
  has(path: string, offset: number): boolean {
    return (this.#ranges.get(path) ?? []).some(ranges => {
      let inner: Profiler.CoverageRange | undefined
      for (const range of ranges) {
        if (range.startOffset > offset || range.endOffset <= offset) continue
        const isInner =
          inner === undefined ||
          range.endOffset - range.startOffset <= inner.endOffset - inner.startOffset
        if (isInner) inner = range
      }
      return inner !== undefined && inner.count > 0
    })
  }
}
