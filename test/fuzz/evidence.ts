/**
 * What the records themselves allow an event to say: an account of which lines belong together, kept
 * apart from the parser's, and the search for each value of an event in the text of those lines.
 *
 * A window is wider than the parser's section: silence and foreign lines do not end it. What is
 * checked is that nothing comes from outside it, and nothing from nowhere.
 */

import assert from 'node:assert/strict'
import type { KmsgRecord } from '../../plugin/kmsg/record.ts'
import type { OomDump } from '../../plugin/oom/dump.ts'
import type { OomKillFacts } from '../../plugin/oom/event.ts'
import { parseGroupLine, parseKillLine } from '../../plugin/oom/lines/kill.ts'
import { parseDeadEnd, parseOpener } from '../../plugin/oom/lines/opener.ts'
import type { OomKill } from '../../plugin/oom/parser.ts'
import { isOneLine } from '../../plugin/oom/prefilter.ts'

interface Window {
  readonly lines: string[]
  readonly victims: Set<number>
  isGroup: boolean
  /** Where the lines after its last kill begin: they may be the dump of the next. */
  afterKill: number
}

const PAGE_SIZES_KB = [4, 8, 16, 32, 64, 256]
/** Of a window that grows without end only this many lines are kept: it may justify no more then. */
const MAX_LINES = 20_000

export class Evidence {
  readonly #windows = new Map<string, Window>()
  readonly #byKill = new Map<string, Window>()
  /** The processes of which an event was given out, by dump. */
  readonly #reported = new WeakMap<OomDump, Set<number>>()

  /** Takes a record before the parser does. */
  push(record: KmsgRecord): void {
    const { text } = record
    if (!text.includes('\n') || isOneLine(text)) this.#pushLine(record, text)
    else for (const line of text.split('\n')) this.#pushLine(record, line)
  }

  #pushLine(record: KmsgRecord, line: string): void {
    const writer = writerOf(record)
    let window = this.#windows.get(writer)
    // What looks like a row may hold anything in its name, and be a row all the same.
    const isRow = line.charCodeAt(0) === 91
    const isGroupLine = parseGroupLine(line) !== undefined
    const isOpener =
      !isRow && !(isGroupLine && window !== undefined) && parseOpener(line) !== undefined
    const victim = isOpener ? undefined : parseKillLine(line)
    // A program may print these words, too: whether such a line ends a dump depends on the dump.
    const isCertain =
      victim !== undefined &&
      !isRow &&
      !isGroupLine &&
      (victim.totalVmKb !== undefined || /out of memory/i.test(victim.prefix))
    const isNext =
      isCertain &&
      window?.isGroup === false &&
      window.victims.size > 0 &&
      !window.victims.has(victim.pid)
    if (window === undefined || isOpener || isNext) {
      const lines = isNext ? window!.lines.slice(window!.afterKill) : []
      window = { lines, victims: new Set(), isGroup: false, afterKill: 0 }
      this.#windows.set(writer, window)
    }
    if (window.lines.length < MAX_LINES) window.lines.push(line)
    if (victim !== undefined) {
      if (isCertain) {
        window.victims.add(victim.pid)
        window.afterKill = window.lines.length
      }
      this.#byKill.set(keyOf(record), window)
    }
    if (!isCertain) {
      if (isGroupLine) window.isGroup = true
      if (!isOpener && parseDeadEnd(line) !== undefined) this.#windows.delete(writer)
    }
  }

  /** @throws AssertionError when a value is not to be found in the lines about this kill */
  check(kill: OomKill, facts: OomKillFacts): void {
    const window = this.#byKill.get(keyOf(kill.record))
    assert.ok(window !== undefined, 'there is no kill line for this event')
    const reported = this.#reported.get(kill.dump) ?? new Set()
    assert.ok(!reported.has(facts.pid), `a second event about process ${facts.pid} of one dump`)
    this.#reported.set(kill.dump, reported.add(facts.pid))
    checkFacts(facts, kill.record.text, window.lines)
  }
}

/** What processes write is one text, whichever of them wrote a line; the kernel's lines have their caller. */
const writerOf = ({ facility, caller }: KmsgRecord): string =>
  facility === 0 || caller === '' ? caller : 'processes'

const keyOf = (record: KmsgRecord): string => `${record.seq} ${record.timestampUs} ${record.caller}`

function checkFacts(facts: OomKillFacts, killText: string, lines: readonly string[]): void {
  const all = lines.join('\n')
  const inKill = numbersIn(killText)
  const rows = lines.filter(line => line.charCodeAt(0) === 91)
  const inRows = rowsOf(rows, facts.pid)
  const inWord = (pattern: RegExp, value: number): boolean =>
    Array.from(all.matchAll(pattern)).some(match => Number(match[1]) === value)
  const inPages = (value: number, has: (pages: number) => boolean): boolean =>
    PAGE_SIZES_KB.some(size => has(value / size))
  // The structured line may be printed in two parts, with others between them.
  const heads = lines.filter(line => line.startsWith('oom-kill:'))
  const tails = lines.filter(line => line.startsWith(','))
  const structured = numbersIn([...heads, ...tails].join(' '))
  const isPath = (path: string): boolean =>
    hasName(all, path) || heads.some(head => tails.some(tail => hasName(head + tail, path)))

  const isJustified: { [K in keyof OomKillFacts]-?: (value: number) => boolean } = {
    pid: value => inKill.has(value),
    rss_kb: value => isSum(value, [...inKill, 0]) || inPages(value, pages => inRows.has(pages)),
    total_vm_kb: value => inKill.has(value) || inPages(value, pages => inRows.has(pages)),
    oom_score_adj: value => inKill.has(Math.abs(value)) || inRows.has(Math.abs(value)),
    uid: value => inKill.has(value) || structured.has(value) || inRows.has(value),
    swap_kb: value => inPages(value, pages => inRows.has(pages)),
    pgtables_kb: value => inKill.has(value) || inKill.has(value * 1024) || inRows.has(value * 1024),
    mem_total_kb: value => inPages(value, pages => inWord(/(\d+) pages RAM/g, pages)),
    mem_free_kb: value => inPages(value, pages => inWord(/free:(\d+)/g, pages)),
    memcg_limit_kb: value => inWord(/limit (\d+)kB/g, value),
    memcg_usage_kb: value => inWord(/usage (\d+)kB/g, value),
    trigger_pid: value => inWord(/P(?:ID|id): (\d+)/g, value),
    process_name: () => hasName(killText, facts.process_name),
    trigger_process_name: () =>
      lines.some(line => hasName(line, `${facts.trigger_process_name} invoked oom-killer`)),
    oom_memcg: () => isPath(facts.oom_memcg!),
    task_memcg: () => isPath(facts.task_memcg!),
    oom_group: () => all.includes('memory.oom.group'),
    constraint: () =>
      facts.constraint === 'memcg'
        ? /Memory cgroup|CONSTRAINT_MEMCG|oom_memcg=|=MEMCG/.test(all)
        : all.includes(facts.constraint!.toUpperCase()),
    top_tasks: () =>
      facts.top_tasks!.every(task =>
        rows.some(row => {
          const numbers = rowsOf([row], task.pid)
          return (
            inPages(task.rss_kb, pages => numbers.has(Math.abs(pages))) && hasName(row, task.name)
          )
        })
      ),
  }
  for (const [field, value] of Object.entries(facts)) {
    const leaf = typeof value === 'number' ? value : 0
    assert.ok(Number.isSafeInteger(leaf), `${field} is no exact number`)
    assert.ok(
      isJustified[field as keyof OomKillFacts](leaf),
      `${field}: nothing in these lines says ${JSON.stringify(value)}:\n${all}\n${killText}`
    )
  }
}

function numbersIn(text: string): Set<number> {
  return new Set((text.match(/\d+/g) ?? []).map(Number))
}

/** The numbers of the rows of this process. */
function rowsOf(rows: readonly string[], pid: number): Set<number> {
  const found = new Set<number>()
  for (const row of rows) {
    const numbers = row.match(/\d+/g)?.map(Number) ?? []
    if (numbers[0] === Math.abs(pid)) for (const number of numbers) found.add(number)
  }
  return found
}

/** Whether it is the sum of three of them. */
function isSum(value: number, of: readonly number[]): boolean {
  const has = new Set(of)
  return of.some(one => of.some(other => has.has(value - one - other)))
}

/** @param name as published: UTF-8, and what is none of it as `\xNN` */
function hasName(text: string, name: string): boolean {
  const bytes = Buffer.from(name).toString('latin1')
  if (text.includes(bytes)) return true
  const unescaped = bytes.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16))
  )
  return text.includes(unescaped)
}
