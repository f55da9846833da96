/**
 * What one OOM dump says, collected line by line. Nothing is converted or concluded here: pages stay
 * pages, and which line belongs to which dump is the parser's business (parser.ts).
 */

import { Circumstances } from './circumstances.ts'
import { KernelMemory } from './kernel-memory.ts'
import {
  type BuddyLine,
  type OtherPages,
  parseBuddyLine,
  parseCounters,
  parseHugePages,
  parseLowmemReserve,
  parseNodeCounter,
  parseOtherPages,
  parsePages,
  parseSwap,
  parseZone,
  type Zone,
} from './lines/mem-info.ts'
import { addMemcgStats, type MemcgUsage, parseMemcgLine, parseMemcgUsage } from './lines/memcg.ts'
import { type Opener, parseKernelRelease, parseTriggerPid } from './lines/opener.ts'
import { STRUCTURED, type StructuredLine } from './lines/structured.ts'
import { StructuredRecord } from './structured-record.ts'
import { TaskTable } from './task-table.ts'

/** Zones kept of a dump: five a node on a machine of twelve nodes. */
const MAX_ZONES = 64
const MAX_STATS = 96
const OPEN = 91 // [
/** A row of the table, whatever its columns. */
const ROW = /^\[ *\d{1,10}\](?: +-?\d+){5}/

export class OomDump {
  opener: Opener | undefined
  triggerPid: number | undefined
  kernelRelease: string | undefined
  /** Mem-Info's counters of the whole machine, in pages. */
  readonly counters = new Map<string, number>()
  readonly zones: Zone[] = []
  /** By the zone's place in `zones`: its lowmem_reserve, in pages. */
  readonly lowmemReserves: number[][] = []
  readonly buddies: BuddyLine[] = []
  /** Sum of the nodes' active_anon in KiB: reveals the page size. */
  nodeActiveAnonKb = 0
  kernelStackKb = 0
  readonly kernelMemory = new KernelMemory()
  readonly circumstances = new Circumstances()
  readonly otherPages = new Map<OtherPages, number>()
  /** As the kernel printed it before 5.1, of the process that it announced. */
  score: number | undefined
  ramPages: number | undefined
  reservedPages: number | undefined
  highMemPages: number | undefined
  hugePagesKb = 0
  hugePagesFreeKb = 0
  freeSwapKb: number | undefined
  totalSwapKb: number | undefined
  /** By resource: memory, memory+swap, swap, kmem. */
  readonly memcgUsage = new Map<string, MemcgUsage>()
  /** `Memory cgroup stats`: bytes by name, also of the older form in KiB. */
  readonly memcgStats = new Map<string, number>()
  memcgLimitPath: string | undefined
  memcgTaskPath: string | undefined
  readonly tasks = new TaskTable()
  /** Records lost or a new opener in the middle: what is missing is not known. */
  isTorn = false
  /** Rows of a table that were not read: nothing names their columns. */
  hasUnreadRows = false
  readonly #structured = new StructuredRecord()
  #hasTasksTitle = false
  #isInMemcgStats = false

  get structured(): StructuredLine | undefined {
    return this.#structured.line
  }

  get isManual(): boolean {
    return this.opener?.order === -1
  }

  /** The name of the process that invoked the killer; a person who did has none. */
  get trigger(): string | undefined {
    return this.isManual ? undefined : this.opener?.comm
  }

  get hasMemInfo(): boolean {
    return this.ramPages !== undefined || this.counters.has('free')
  }

  /** Takes one line of the dump; false when it is none that is known. */
  push(line: string): boolean {
    if (this.pushRow(line) || this.kernelMemory.push(line)) return true
    this.circumstances.see(line)
    if (this.#structured.isCut && this.#structured.push(line)) return true
    // The first character decides, because most lines of a dump are of no interest.
    switch (line.charCodeAt(0)) {
      case 67: // C
      case 80: // P
        return this.#pushProcessorLine(line)
      case 111: // o
        return line.startsWith(STRUCTURED) && this.#structured.push(line)
      case 78: // N
      case 68: // D
      case 72: // H
        return this.#pushZoneLine(line)
      case 84: // T
      case 70: // F
        return this.#pushTitle(line) || this.#pushMemcgLine(line) || this.#pushSwap(line)
      case 77: // M
        if (line.startsWith('Memory cgroup stats')) {
          this.#isInMemcgStats = true
          addMemcgStats(line, this.memcgStats)
          return true
        }
        return line.startsWith('Mem-Info:') || this.#pushZoneLine(line)
      default:
        return this.#pushFigures(line)
    }
  }

  /** Takes a row of the table of processes, or its header. */
  pushRow(line: string): boolean {
    if (line.charCodeAt(0) !== OPEN) return false
    if (this.tasks.push(line, this.#isTableFromStart)) return true
    if (!this.tasks.isPresent && ROW.test(line)) this.hasUnreadRows = true
    return false
  }

  /** Whether no row can be missing in front: what comes before the table was seen, and nothing is lost. */
  get #isTableFromStart(): boolean {
    if (this.isTorn || this.structured !== undefined) return false
    return this.opener !== undefined || this.#hasTasksTitle || this.hasMemInfo
  }

  #pushProcessorLine(line: string): boolean {
    if (this.opener?.comm === undefined || this.triggerPid !== undefined) return false
    this.triggerPid = parseTriggerPid(line, this.opener.comm)
    if (this.triggerPid === undefined) return false
    this.kernelRelease = parseKernelRelease(line)
    return true
  }

  /** Whether the structured line speaks of this victim, or of nobody, being cut. */
  isAbout(pid: number, comm: string): boolean {
    return this.#structured.isAbout(pid, comm)
  }

  /** Reads the structured line once more, with the victim's name known, if it speaks of this victim. */
  nameVictim(pid: number, comm: string): void {
    if (this.isAbout(pid, comm)) this.#structured.nameVictim(comm)
  }

  #pushTitle(line: string): boolean {
    if (!line.startsWith('Tasks state ')) return false
    this.#hasTasksTitle = true
    return true
  }

  #pushZoneLine(line: string): boolean {
    const zone = parseZone(line)
    if (zone !== undefined) {
      if (this.zones.length < MAX_ZONES) this.zones.push(zone)
      this.kernelStackKb += zone.kernelStackKb ?? 0
      return true
    }
    const buddy = parseBuddyLine(line)
    if (buddy !== undefined) {
      if (this.buddies.length < MAX_ZONES) this.buddies.push(buddy)
      return true
    }
    const node = parseNodeCounter(line)
    if (node !== undefined) {
      this.nodeActiveAnonKb += node.activeAnonKb
      this.kernelStackKb += node.kernelStackKb
      return true
    }
    const huge = parseHugePages(line)
    if (huge === undefined) return false
    this.hugePagesKb += huge.totalKb
    this.hugePagesFreeKb += huge.freeKb
    return true
  }

  #pushMemcgLine(line: string): boolean {
    const memcg = parseMemcgLine(line)
    if (memcg === undefined) return false
    this.memcgTaskPath = memcg.task
    this.memcgLimitPath = memcg.limit
    return true
  }

  #pushSwap(line: string): boolean {
    const swap = parseSwap(line)
    if (swap === undefined) return false
    if (swap.of === 'Free') this.freeSwapKb = swap.kb
    else this.totalSwapKb = swap.kb
    return true
  }

  #pushFigures(line: string): boolean {
    const first = line.charCodeAt(0)
    if (first >= 48 && first <= 57) {
      const pages = parsePages(line)
      if (pages === undefined) return this.#pushOtherPages(line)
      if (pages.of === 'RAM') this.ramPages = pages.pages
      else if (pages.of === 'reserved') this.reservedPages = pages.pages
      else this.highMemPages = pages.pages
      return true
    }
    const reserve = first === 108 ? parseLowmemReserve(line) : undefined
    if (reserve !== undefined) {
      const at = this.zones.length - 1
      if (at >= 0) this.lowmemReserves[at] ??= reserve
      return true
    }
    const usage = parseMemcgUsage(line)
    if (usage !== undefined) {
      if (!this.memcgUsage.has(usage.resource)) this.memcgUsage.set(usage.resource, usage)
      return true
    }
    return this.#pushMemcgStat(line) || this.#pushCounters(line)
  }

  #pushOtherPages(line: string): boolean {
    const other = parseOtherPages(line)
    if (other === undefined) return false
    this.otherPages.set(other.of, other.pages)
    return true
  }

  #pushMemcgStat(line: string): boolean {
    if (!this.#isInMemcgStats) return false
    const match = /^([a-z_0-9]+) (\d+)$/.exec(line)
    if (match === null) return false
    if (this.memcgStats.size < MAX_STATS) this.memcgStats.set(match[1]!, Number(match[2]))
    return true
  }

  #pushCounters(line: string): boolean {
    const first = line.charCodeAt(0)
    const letter = first === 32 ? line.trimStart().charCodeAt(0) : first
    return letter >= 97 && letter <= 122 && parseCounters(line, this.counters)
  }
}
