/**
 * From kernel records to killed processes: decides which lines belong to one dump.
 *
 * The kernel holds its OOM lock while it dumps and kills, so there is one dump at a time and its
 * order is fixed: opener, CPU line, stack, memory, tasks, structured line, kill line. What breaks
 * that order is everything around it: foreign records in the middle, records lost, the rate limit
 * that drops the dump but not the kill line, and group kills that print more kill lines after the
 * first. A wrong merge would pin one kill's figures on another, so a section ends at its kill, at a
 * panic, at a new opener, at silence and at a bound in lines; and a kill line that does not fit the
 * section is an event of its own, `partial`.
 *
 * A pure state machine: no clock, no I/O. Source: kernel, mm/oom_kill.c: oom_kill_process,
 * __oom_kill_process; lines see lines/.
 */

import type { KmsgRecord, RawRecord } from '../kmsg/record.ts'
import { OomDump } from './dump.ts'
import { type KillLine, parseGroupLine, parseKillLine, parseSacrificeLine } from './lines/kill.ts'
import { type DeadEnd, parseDeadEnd, parseOpener, parseTriggerPid } from './lines/opener.ts'
import { isOneLine, mayBePartOfHeadlessDump, mayMatter, mayStartSection } from './prefilter.ts'

/** One killed process, with what the dump around it said. */
export interface OomKill {
  readonly type: 'kill'
  /** The record of the kill line. */
  readonly record: KmsgRecord
  readonly victim: KillLine
  readonly dump: OomDump
  /** The kill line stood alone, or its dump was torn: figures are missing, none are wrong. */
  readonly isPartial: boolean
  /** Set when the whole group is killed (memory.oom.group): the path of that group. */
  readonly groupPath: string | undefined
  /** A further victim of a group kill: the structured line spoke of the first, not of this one. */
  readonly isFollower: boolean
}

/** A dump after which nobody was killed, as far as the records tell. */
export interface OomWithoutKill {
  readonly type: 'no_kill'
  /** The record that opened the dump, or the first that belonged to it. */
  readonly record: KmsgRecord
  readonly dump: OomDump
  /** `cut`: the records end, or go on with something else. */
  readonly outcome: DeadEnd | 'cut'
}

export type OomOutcome = OomKill | OomWithoutKill

/** A dump whose next line comes this much later than its last (by the records' own clock) is over. */
export const SILENCE_US = 10_000_000
/** A dump of more lines than this is over: the table of 250,000 processes would still fit. */
export const MAX_LINES = 262_144
/** Foreign lines in a row after which a dump is over. */
export const MAX_FOREIGN_LINES = 2_048
/** Foreign lines after a kill within which the line about its group is expected, or its next victim. */
export const MAX_LINES_AFTER_KILL = { alone: 32, group: 256 } as const
/** Dumps open at a time, told apart by caller id. */
const MAX_SECTIONS = 16
/** Victims remembered of a group kill, to tell the repeated kill line of the first. */
const MAX_VICTIMS = 32_768

const NOTHING: readonly OomOutcome[] = []
const OPEN = 91 // [

type Stamped = Pick<KmsgRecord, 'timestampUs'>

type Sacrifice = NonNullable<ReturnType<typeof parseSacrificeLine>>

interface Section {
  readonly first: KmsgRecord
  readonly dump: OomDump
  lastUs: number
  lines: number
  foreignLines: number
  /** pid of `Kill process P (..) or sacrifice child`: the victim may be P's child. */
  sacrificePid: number | undefined
  sacrificePrefix: string | undefined
  /** The same line after this section's kill: it announces the next, whose dump the rate limit dropped. */
  announced: Sacrifice | undefined
  groupPath: string | undefined
  readonly victims: Set<number>
}

/**
 * Feed it every record in order. A kill is given out with the next record of the same caller, or by
 * {@link OomParser.flush}: only that record tells whether the kernel goes on to kill the victim's
 * whole group.
 */
export class OomParser {
  readonly #sections = new Map<string, Section>()
  #deadEndUs = Number.NEGATIVE_INFINITY
  #held: { section: Section; caller: string; kill: OomKill } | undefined

  /** Whether a kill waits for the record after it. */
  get hasHeldKill(): boolean {
    return this.#held !== undefined
  }

  /** The first record of the oldest dump that is not at its end; undefined when none is open. */
  get oldestOpenSeq(): number | undefined {
    const open = [...this.#sections.values()].map(({ first }) => first.seq)
    if (this.#held !== undefined) open.push(this.#held.section.first.seq)
    return open.length === 0 ? undefined : Math.min(...open)
  }

  /** Dumps open now; bounded. */
  get openSections(): number {
    return this.#sections.size
  }

  /**
   * As {@link push}, for a record that lies in the bytes of the device: of the two kinds that are
   * nearly all of them, lines of no interest and rows of a task table, no string is made.
   */
  pushRaw(raw: RawRecord): readonly OomOutcome[] {
    if (this.#sections.size === 0 && this.#held === undefined) {
      return mayMatter(raw) ? this.push(raw.toRecord()) : NOTHING
    }
    const { caller } = raw
    const section = this.#sections.get(caller)
    if (section !== undefined && section.victims.size === 0) {
      if (takesRow(section, raw) && section.dump.tasks.pushRaw(raw)) {
        return this.#countRow(section, raw, caller)
      }
    } else if (!mayMatter(raw) && !raw.isEscaped) {
      // Of a record of several lines, any may begin a dump.
      return this.#passOver(section, raw, caller)
    }
    return this.push(raw.toRecord())
  }

  push(record: KmsgRecord): readonly OomOutcome[] {
    if (this.#sections.size === 0 && this.#held === undefined && !mayStartSection(record.text)) {
      return NOTHING
    }
    const { text } = record
    if (!text.includes('\n') || isOneLine(text)) return this.#pushLine(record, text)
    const outcomes: OomOutcome[] = []
    for (const line of text.split('\n')) outcomes.push(...this.#pushLine(record, line))
    return outcomes
  }

  /** Gives out a held kill: the caller has waited long enough for a record after it. */
  flush(): readonly OomOutcome[] {
    return this.#release()
  }

  /** Ends everything: the records are at their end. */
  end(): readonly OomOutcome[] {
    const outcomes = [...this.#release()]
    for (const caller of [...this.#sections.keys()]) outcomes.push(...this.#close(caller, 'cut'))
    return outcomes
  }

  /** Records were lost here: dumps in progress can no longer be complete. */
  tear(): void {
    for (const section of this.#sections.values()) section.dump.isTorn = true
  }

  #pushLine(record: KmsgRecord, line: string): readonly OomOutcome[] {
    const { caller } = record
    let released: readonly OomOutcome[] = NOTHING
    let section = this.#sections.get(caller)
    // Most lines of a dump are rows of its table: they need no other test.
    if (line.charCodeAt(0) === OPEN && section !== undefined && takesRow(section, record)) {
      if (section.dump.tasks.push(line)) return this.#countRow(section, record, caller)
    }
    if (section !== undefined && section.victims.size > 0) {
      const groupPath = parseGroupLine(line)
      if (groupPath !== undefined) {
        section.groupPath = groupPath
        section.foreignLines = 0
        return this.#release(caller)
      }
    }
    // The reaper, a thread of its own, may come between a kill and the line about its group.
    if (!line.startsWith('oom_reaper: ')) released = this.#release(caller)
    if (section !== undefined && isOver(section, record, line)) {
      released = concat(released, this.#close(caller, 'cut'))
      section = undefined
    }

    const opener = parseOpener(line)
    if (opener !== undefined) {
      released = concat(released, this.#close(caller, 'cut'))
      this.#open(record).dump.opener = opener
      return released
    }
    const victim = parseKillLine(line)
    if (victim !== undefined && isKernelsKill(victim, section)) {
      return concat(released, this.#kill(record, victim, section))
    }
    const deadEnd = parseDeadEnd(line)
    if (deadEnd !== undefined) {
      // Having found nobody to kill, the kernel says so once more as the reason of its panic.
      const isRepeated = record.timestampUs - this.#deadEndUs <= SILENCE_US
      if (section === undefined && (deadEnd === 'panic' || isRepeated)) return released
      if (section === undefined) this.#open(record)
      this.#deadEndUs = record.timestampUs
      return concat(released, this.#close(caller, deadEnd))
    }

    if (section === undefined) {
      if (mayBePartOfHeadlessDump(line)) section = this.#open(record)
      else return released
    }
    this.#pushToSection(section, record, line)
    return released
  }

  /** A line that is of no interest unless a dump is being printed. */
  #passOver(section: Section | undefined, line: Stamped, caller: string): readonly OomOutcome[] {
    const released = this.#release(caller)
    if (section === undefined) return released
    if (isOver(section, line, '')) return concat(released, this.#close(caller, 'cut'))
    section.lines++
    section.lastUs = line.timestampUs
    section.foreignLines++
    return released
  }

  #countRow(section: Section, record: Stamped, caller: string): readonly OomOutcome[] {
    section.lines++
    section.lastUs = record.timestampUs
    section.foreignLines = 0
    return this.#held === undefined ? NOTHING : this.#release(caller)
  }

  #pushToSection(section: Section, record: KmsgRecord, line: string): void {
    section.lines++
    section.lastUs = record.timestampUs
    // After its kill a section only waits for more victims: what follows is not its dump.
    if (section.victims.size === 0) {
      const sacrifice = parseSacrificeLine(line)
      if (sacrifice !== undefined) {
        section.sacrificePid = sacrifice.pid
        section.sacrificePrefix = sacrifice.prefix
        section.foreignLines = 0
        return
      }
      if (section.dump.push(line)) {
        section.foreignLines = 0
        return
      }
    } else {
      section.announced = parseSacrificeLine(line) ?? section.announced
    }
    section.foreignLines++
  }

  #kill(record: KmsgRecord, line: KillLine, open: Section | undefined): readonly OomOutcome[] {
    let section = open
    let isFollower = false
    let announced: Sacrifice | undefined
    if (section !== undefined && section.victims.size > 0) {
      if (section.victims.has(line.pid)) return NOTHING
      isFollower = section.groupPath !== undefined
      if (!isFollower) {
        announced = section.announced
        section = undefined
      }
    } else if (section !== undefined && !agrees(section, line)) {
      const { sacrificePid: pid, sacrificePrefix: prefix } = section
      if (isFailedAllocation(section.dump) && pid !== undefined) {
        announced = { pid, prefix: prefix ?? '' }
      }
      section = undefined
    }
    let abandoned = NOTHING
    if (section === undefined) {
      abandoned = this.#close(record.caller, 'cut')
      section = this.#open(record)
      section.sacrificePid = announced?.pid
      section.sacrificePrefix = announced?.prefix
    }
    if (section.victims.size < MAX_VICTIMS) section.victims.add(line.pid)
    section.lastUs = record.timestampUs
    section.foreignLines = 0
    const prefix = line.prefix === '' ? (section.sacrificePrefix ?? '') : line.prefix
    const kill: OomKill = {
      type: 'kill',
      record,
      victim: { ...line, prefix },
      dump: section.dump,
      isPartial: isPartial(section.dump),
      groupPath: section.groupPath,
      isFollower,
    }
    const earlier = concat(abandoned, this.#release())
    this.#held = { section, caller: record.caller, kill }
    return earlier
  }

  /** Gives out the held kill, of this caller only where one is named. */
  #release(caller?: string): readonly OomOutcome[] {
    const held = this.#held
    if (held === undefined || (caller !== undefined && held.caller !== caller)) return NOTHING
    this.#held = undefined
    return [{ ...held.kill, groupPath: held.section.groupPath }]
  }

  #open(record: KmsgRecord): Section {
    const section: Section = {
      first: record,
      dump: new OomDump(),
      lastUs: record.timestampUs,
      lines: 0,
      foreignLines: 0,
      sacrificePid: undefined,
      sacrificePrefix: undefined,
      announced: undefined,
      groupPath: undefined,
      victims: new Set(),
    }
    if (this.#sections.size >= MAX_SECTIONS) {
      const oldest = this.#sections.keys().next().value
      if (oldest !== undefined) this.#sections.delete(oldest)
    }
    this.#sections.delete(record.caller)
    this.#sections.set(record.caller, section)
    return section
  }

  #close(caller: string, outcome: DeadEnd | 'cut'): readonly OomOutcome[] {
    const section = this.#sections.get(caller)
    if (section === undefined) return NOTHING
    this.#sections.delete(caller)
    if (section.victims.size > 0) return NOTHING
    if (outcome === 'cut' && isFailedAllocation(section.dump)) return NOTHING
    return [{ type: 'no_kill', record: section.first, dump: section.dump, outcome }]
  }
}

function concat(a: readonly OomOutcome[], b: readonly OomOutcome[]): readonly OomOutcome[] {
  if (b.length === 0) return a
  return a.length === 0 ? b : [...a, ...b]
}

/** Whether a row of the table may be this section's; the bounds are as in {@link isOver}. */
function takesRow(section: Section, record: Stamped): boolean {
  return (
    section.victims.size === 0 &&
    section.lines < MAX_LINES &&
    record.timestampUs - section.lastUs <= SILENCE_US
  )
}

function isOver(section: Section, record: Stamped, line: string): boolean {
  const { opener, triggerPid } = section.dump
  const isSilent =
    record.timestampUs - section.lastUs > SILENCE_US &&
    // The trigger's own line right after the opener belongs to it, whatever the stamps say: the
    // first line of a saved log often lacks its stamp.
    !(opener?.comm !== undefined && triggerPid === undefined && parseTriggerPid(line, opener.comm))
  return isSilent || section.lines >= MAX_LINES || section.foreignLines >= foreignBound(section)
}

function foreignBound({ victims, groupPath }: Section): number {
  if (victims.size === 0) return MAX_FOREIGN_LINES
  return groupPath === undefined ? MAX_LINES_AFTER_KILL.alone : MAX_LINES_AFTER_KILL.group
}

/** A userspace program may log 'Killed process 7 (x)' too: the kernel's has figures or a dump. */
function isKernelsKill(line: KillLine, section: Section | undefined): boolean {
  return line.totalVmKb !== undefined || /out of memory/i.test(line.prefix) || section !== undefined
}

/**
 * Whether a kill line ends this section. Its structured line names the victim; only kernels that
 * may sacrifice a child (before 5.1) kill another process than the one they announced.
 */
function agrees(section: Section, line: KillLine): boolean {
  const { structured } = section.dump
  if (isFailedAllocation(section.dump)) return false
  if (structured?.pid === undefined) return true
  if (section.sacrificePid === structured.pid) return true
  return section.dump.concerns(line.pid, line.comm)
}

/**
 * The state of the memory without anything of the OOM killer: printed for an allocation that failed,
 * and by SysRq m. A dump whose head is lost has its table or its structured line before the kill.
 */
function isFailedAllocation(dump: OomDump): boolean {
  return (
    dump.hasMemInfo &&
    dump.opener === undefined &&
    dump.structured === undefined &&
    !dump.tasks.isPresent
  )
}

function isPartial(dump: OomDump): boolean {
  if (dump.isTorn || dump.opener === undefined) return true
  return !dump.hasMemInfo && !dump.memcgUsage.has('memory')
}
