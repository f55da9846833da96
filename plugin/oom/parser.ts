/**
 * From kernel records to killed processes: decides which lines belong to one dump.
 *
 * The kernel holds its OOM lock while it dumps and kills, so there is one dump at a time and its
 * order is fixed: opener, CPU line, stack, memory, tasks, structured line, kill line. What breaks
 * that order is everything around it: foreign records in the middle, records lost, the rate limit
 * that drops the dump but not the kill line, and group kills that print more kill lines after the
 * first. So a section ends at its kill, at a panic, at a new opener, and where section.ts says that it
 * is over; and a kill line that does not fit the section is an event of its own, partial.
 *
 * A pure state machine: no clock, no I/O. Source: kernel, mm/oom_kill.c: oom_kill_process,
 * __oom_kill_process; lines see lines/.
 */

import type { KmsgRecord, RawRecord } from '../kmsg/record.ts'
import { type KillLine, parseGroupLine, parseKillLine, parseSacrificeLine } from './lines/kill.ts'
import { type DeadEnd, isOomPanic, parseDeadEnd, parseOpener } from './lines/opener.ts'
import type { OomKill, OomOutcome } from './outcome.ts'
import {
  isOneLine,
  mayBeginDump,
  mayBePartOfHeadlessDump,
  mayMatter,
  mayStartSection,
} from './prefilter.ts'
import {
  agrees,
  isEmpty,
  isFailedAllocation,
  isMemInfoOnly,
  isOver,
  isOverAfterKill,
  isPartial,
  newSection,
  type Sacrifice,
  type Section,
  SILENCE_US,
  type Stamped,
  takesRow,
} from './section.ts'

export type { OomKill, OomOutcome, OomWithoutKill } from './outcome.ts'

/** Dumps open at a time, told apart by caller id. */
const MAX_SECTIONS = 16
/** Victims remembered of a group kill, to tell the repeated kill line of the first. */
const MAX_VICTIMS = 32_768

const NOTHING: readonly OomOutcome[] = []
const OPEN = 91 // [
const SPACE = 32
/** The state of the memory follows such a line, too, and is no OOM dump's. */
const SHOWS_MEMORY = /page allocation (?:failure|stalls)|\bShow Memory|^sysrq: |^SysRq : /i
/** Callers' ids are told from it: a person may write each line of a dump with a process of its own. */
const USER = 'user'

function writerOf({ facility, caller }: Pick<KmsgRecord, 'facility' | 'caller'>): string {
  return facility === 0 || caller === '' ? caller : USER
}

/**
 * Feed it every record in order. A kill is given out with the next record of the same caller, or by
 * {@link OomParser.flush}: only that record tells whether the kernel goes on to kill the victim's
 * whole group.
 */
export class OomParser {
  readonly #sections = new Map<string, Section>()
  /** Whether what came before the next line was seen, and was no part of a dump. */
  #isHeadKnown = false
  #deadEndUs = Number.NEGATIVE_INFINITY
  #held: { section: Section; caller: string; kill: OomKill } | undefined

  /** Whether a kill waits for the record after it. */
  get hasHeldKill(): boolean {
    return this.#held !== undefined
  }

  /** That kill, as it will be given out unless the next record is about its group. */
  get heldKill(): OomKill | undefined {
    return this.#held?.kill
  }

  /** The first record of the oldest dump that is not at its end; undefined when none is open. */
  get oldestOpenSeq(): number | undefined {
    const open = [...this.#sections.values()].map(({ first }) => first.seq)
    if (this.#held !== undefined) open.push(this.#held.section.first.seq)
    return open.length === 0 ? undefined : Math.min(...open)
  }

  /** Whether the end of a dump is still to come. */
  get isInDump(): boolean {
    for (const { victims } of this.#sections.values()) if (victims.size === 0) return true
    return false
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
      if (mayMatter(raw)) return this.push(raw.toRecord())
      // Of a dump whose head is lost, the rest of the call trace may come first.
      if (raw.bytes[raw.textAt] !== SPACE) this.#isHeadKnown = true
      return NOTHING
    }
    const caller = writerOf(raw)
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
      this.#passOrdinary(record.text)
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
    this.#isHeadKnown = false
    for (const section of this.#sections.values()) section.dump.isTorn = true
  }

  #pushLine(record: KmsgRecord, line: string): readonly OomOutcome[] {
    const caller = writerOf(record)
    let released: readonly OomOutcome[] = NOTHING
    let section = this.#sections.get(caller)
    // Most lines of a dump are rows of its table: they need no other test.
    if (line.charCodeAt(0) === OPEN && section !== undefined && takesRow(section, record)) {
      if (section.dump.pushRow(line)) return this.#countRow(section, record, caller)
    }
    if (section !== undefined && section.victims.size > 0) {
      const groupPath = parseGroupLine(line)
      if (groupPath !== undefined) {
        section.groupPath = groupPath
        section.lastUs = record.timestampUs
        section.foreignLines = 0
        return this.#release(caller)
      }
    }
    // The reaper, a thread of its own, may come between a kill and the line about its group.
    if (!line.startsWith('oom_reaper: ')) released = this.#release(caller)
    const isNext = section !== undefined && section.victims.size > 0 && mayBeginDump(line)
    if (section !== undefined && (isNext || isOver(section, record, line))) {
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
      const isOurs = deadEnd !== 'panic' || isOomPanic(line)
      if (section === undefined && (!isOurs || isRepeated)) return released
      if (section === undefined) this.#open(record)
      this.#deadEndUs = record.timestampUs
      return concat(released, this.#close(caller, deadEnd))
    }

    if (section === undefined) {
      if (mayBePartOfHeadlessDump(line)) section = this.#open(record)
      else {
        this.#passOrdinary(line)
        return released
      }
    }
    this.#pushToSection(section, record, line)
    return released
  }

  /** A line outside of any dump. */
  #passOrdinary(line: string): void {
    if (SHOWS_MEMORY.test(line)) this.#isHeadKnown = true
  }

  /** A line that is of no interest unless a dump is being printed. */
  #passOver(section: Section | undefined, line: Stamped, caller: string): readonly OomOutcome[] {
    const released = this.#release(caller)
    if (section === undefined) return released
    if (isOverAfterKill(section, line)) return concat(released, this.#close(caller, 'cut'))
    section.lines++
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
    // After its kill a section only waits for more victims: what follows is not its dump.
    if (section.victims.size === 0) {
      const sacrifice = parseSacrificeLine(line)
      if (sacrifice !== undefined) {
        section.sacrifice = sacrifice
        section.dump.score = sacrifice.score
      }
      if (sacrifice !== undefined || section.dump.push(line)) {
        section.lastUs = record.timestampUs
        section.foreignLines = 0
        return
      }
    } else {
      section.announced = parseSacrificeLine(line) ?? section.announced
      this.#passOrdinary(line)
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
      if (isFailedAllocation(section)) announced = section.sacrifice
      section = undefined
    }
    let abandoned = NOTHING
    if (section === undefined) {
      abandoned = this.#close(writerOf(record), 'cut')
      section = this.#open(record)
      section.sacrifice = announced
    }
    if (section.victims.size === 0) section.dump.nameVictim(line.pid, line.comm)
    if (section.victims.size < MAX_VICTIMS) section.victims.add(line.pid)
    section.lastUs = record.timestampUs
    section.foreignLines = 0
    const prefix = line.prefix === '' ? (section.sacrifice?.prefix ?? '') : line.prefix
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
    this.#held = { section, caller: writerOf(record), kill }
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
    const section = newSection(record, this.#isHeadKnown)
    if (this.#sections.size >= MAX_SECTIONS) {
      const oldest = this.#sections.keys().next().value
      if (oldest !== undefined) this.#sections.delete(oldest)
    }
    this.#isHeadKnown = false
    const writer = writerOf(record)
    this.#sections.delete(writer)
    this.#sections.set(writer, section)
    return section
  }

  #close(caller: string, outcome: DeadEnd | 'cut'): readonly OomOutcome[] {
    const section = this.#sections.get(caller)
    if (section === undefined) return NOTHING
    this.#sections.delete(caller)
    if (section.victims.size > 0) return NOTHING
    if (outcome === 'cut' && (isMemInfoOnly(section.dump) || isEmpty(section.dump))) return NOTHING
    return [{ type: 'no_kill', record: section.first, dump: section.dump, outcome }]
  }
}

function concat(a: readonly OomOutcome[], b: readonly OomOutcome[]): readonly OomOutcome[] {
  if (b.length === 0) return a
  return a.length === 0 ? b : [...a, ...b]
}

/** A userspace program may log 'Killed process 7 (x)' too: the kernel's has figures or a dump. */
function isKernelsKill(line: KillLine, section: Section | undefined): boolean {
  return line.totalVmKb !== undefined || /out of memory/i.test(line.prefix) || section !== undefined
}
