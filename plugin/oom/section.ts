/**
 * The lines that are taken together as one dump: when it is over, and which kill is its own.
 *
 * A wrong merge would pin one kill's figures on another. So a dump is over after a bound in lines and
 * after silence, except for a line that proves that it belongs to it: a slow console or a virtual
 * machine that stands still stretches a dump over minutes, and the kernel, which holds its OOM lock
 * meanwhile, begins no other.
 */

import type { KmsgRecord } from '../kmsg/record.ts'
import { OomDump } from './dump.ts'
import { type KillLine, parseKillLine, parseSacrificeLine } from './lines/kill.ts'
import { parseTriggerPid } from './lines/opener.ts'
import { parseStructuredLine } from './lines/structured.ts'

/** A line that comes this much later than the dump's last (by the records' own clock) must prove itself. */
export const SILENCE_US = 10_000_000
/** After this much no line belongs to the dump. */
export const MAX_SILENCE_US = 600_000_000
/** A dump of more lines than this is over: the table of 250,000 processes would still fit. */
export const MAX_LINES = 262_144
/** Foreign lines in a row after which a dump is over. */
export const MAX_FOREIGN_LINES = 2048
/** Foreign lines after a kill within which the line about its group is expected, or its next victim. */
const MAX_LINES_AFTER_KILL = { alone: 32, group: 256 } as const
/** Foreign lines between a state of the memory without anything of the OOM killer and the kill it is for. */
const MAX_LINES_AFTER_MEM_INFO = 16

export type Stamped = Pick<KmsgRecord, 'timestampUs'>

export interface Section {
  readonly first: KmsgRecord
  readonly dump: OomDump
  /** Of the last line that was the dump's. */
  lastUs: number
  lines: number
  foreignLines: number
  /** `Kill process P (..) or sacrifice child`: the victim may be P's child. */
  sacrifice: Sacrifice | undefined
  /** The same line after this section's kill: it announces the next, whose dump the rate limit dropped. */
  announced: Sacrifice | undefined
  groupPath: string | undefined
  readonly victims: Set<number>
  /** Whether what came before its first line was seen, and was no part of a dump. */
  readonly isHeadKnown: boolean
}

export type Sacrifice = NonNullable<ReturnType<typeof parseSacrificeLine>>

export function newSection(first: KmsgRecord, isHeadKnown: boolean): Section {
  return {
    first,
    dump: new OomDump(),
    lastUs: first.timestampUs,
    lines: 0,
    foreignLines: 0,
    sacrifice: undefined,
    announced: undefined,
    groupPath: undefined,
    victims: new Set(),
    isHeadKnown,
  }
}

/** Whether a row of the table may be this section's; the bounds are as in {@link isOver}. */
export function takesRow(section: Section, record: Stamped): boolean {
  if (section.victims.size > 0 || section.lines >= MAX_LINES) return false
  const silenceUs = record.timestampUs - section.lastUs
  return silenceUs <= SILENCE_US || (silenceUs <= MAX_SILENCE_US && canGoOn(section.dump))
}

export function isOver(section: Section, { timestampUs }: Stamped, line: string): boolean {
  if (section.lines >= MAX_LINES || section.foreignLines >= foreignBound(section)) return true
  const silenceUs = timestampUs - section.lastUs
  if (silenceUs <= SILENCE_US) return false
  const { opener, triggerPid } = section.dump
  // The trigger's own line right after the opener belongs to it, whatever the stamps say: the first line
  // of a saved log often lacks its stamp.
  const isTriggers =
    opener?.comm !== undefined &&
    triggerPid === undefined &&
    parseTriggerPid(line, opener.comm) !== undefined
  if (isTriggers) return false
  return silenceUs > MAX_SILENCE_US || !mayFollowSilence(section, line)
}

/** A line of no interest: whether it ends a section that has its kill. */
export function isOverAfterKill(section: Section, { timestampUs }: Stamped): boolean {
  const bound = section.groupPath === undefined ? SILENCE_US : MAX_SILENCE_US
  return (
    timestampUs - section.lastUs > bound ||
    section.lines >= MAX_LINES ||
    section.foreignLines >= foreignBound(section)
  )
}

function foreignBound({ victims, groupPath }: Section): number {
  if (victims.size === 0) return MAX_FOREIGN_LINES
  return groupPath === undefined ? MAX_LINES_AFTER_KILL.alone : MAX_LINES_AFTER_KILL.group
}

/** Whether lines of the dump can still come; after a loss nothing proves that they are of the same. */
function canGoOn({ isTorn, structured }: OomDump): boolean {
  return !isTorn && structured === undefined
}

/**
 * Whether a line may be the dump's after silence: a kill that it names, or one of its lines that does not
 * begin another dump. A line of no interest tells nothing and ends nothing.
 */
function mayFollowSilence(section: Section, line: string): boolean {
  const { dump, victims, groupPath } = section
  const kill = parseKillLine(line)
  if (kill !== undefined) {
    const isRest = groupPath !== undefined && !dump.tasks.isPresent
    return !dump.isTorn && (victims.has(kill.pid) || isRest || isNamed(section, kill))
  }
  if (victims.size > 0) return groupPath !== undefined
  const pid = parseStructuredLine(line)?.pid ?? parseSacrificeLine(line)?.pid
  if (pid !== undefined) {
    return canGoOn(dump) && (!dump.tasks.isPresent || dump.tasks.find(pid) !== undefined)
  }
  return !beginsAnother(dump, line)
}

/** Whether the dump itself says that this process is the one that dies. */
function isNamed(section: Section, { pid, comm }: KillLine): boolean {
  const { dump, sacrifice, victims } = section
  if (victims.size > 0) return dump.tasks.has(pid, comm)
  if (dump.structured?.pid !== undefined && sacrifice?.pid !== dump.structured.pid) {
    return dump.isAbout(pid, comm)
  }
  return sacrifice?.pid === pid || dump.tasks.has(pid, comm)
}

/** Whether a line is one that a dump has once, and this dump has had. */
function beginsAnother(dump: OomDump, line: string): boolean {
  if (line.startsWith('Mem-Info:') || line.startsWith('memory: usage ')) {
    return dump.hasMemInfo || dump.memcgUsage.has('memory') || dump.tasks.isPresent
  }
  if (line.startsWith('Task in ')) return dump.memcgTaskPath !== undefined
  return /^(?:Tasks state |\[ *pid *\])/.test(line) && dump.tasks.isPresent
}

/**
 * Whether a kill line ends this section. Its structured line names the victim; only kernels that
 * may sacrifice a child (before 5.1) kill another process than the one they announced.
 */
export function agrees(section: Section, line: KillLine): boolean {
  const { dump, sacrifice } = section
  if (isFailedAllocation(section)) return false
  const pid = dump.structured?.pid
  return pid === undefined || pid === sacrifice?.pid || dump.isAbout(line.pid, line.comm)
}

/**
 * The state of the memory without anything of the OOM killer: printed for an allocation that failed,
 * and by SysRq m. A dump whose head is lost has its table or its structured line before the kill, or
 * begins where the records do, with the kill right after it.
 */
export function isFailedAllocation(section: Section): boolean {
  const { dump, isHeadKnown, foreignLines } = section
  if (!isMemInfoOnly(dump)) return false
  return isHeadKnown || foreignLines > MAX_LINES_AFTER_MEM_INFO
}

export function isMemInfoOnly(dump: OomDump): boolean {
  return (
    dump.hasMemInfo &&
    dump.opener === undefined &&
    dump.structured === undefined &&
    !dump.tasks.isPresent
  )
}

/** Nothing but the heads of tables: somebody wrote of them. */
export function isEmpty(dump: OomDump): boolean {
  const { opener, structured, memcgUsage, tasks } = dump
  const isSilent = opener === undefined && structured === undefined && memcgUsage.size === 0
  return isSilent && !dump.hasMemInfo && tasks.count === 0
}

/** Whether figures may be missing from a dump. */
export function isPartial(dump: OomDump): boolean {
  if (dump.isTorn || dump.opener === undefined || dump.hasUnreadRows) return true
  // Cut, and its end never came.
  if (dump.structured !== undefined && dump.structured.pid === undefined) return true
  return !dump.hasMemInfo && !dump.memcgUsage.has('memory')
}
