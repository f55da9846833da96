/**
 * What ended which process, by supervisord's log, read line by line.
 *
 * Its lines have no group, and `exited` has no pid. So it is held which processes run under a name,
 * from their starts on, and an end is given to a process only where it can be no other's: it was the
 * only one of its name, or of several (a name may stand in two groups) the only one that is dead.
 * Else nothing is said: no end is better than another process's.
 */

import type { LogLine, ProcessEnd } from './supervisor-log-line.ts'

interface Service {
  /** The processes whose end has not been read: one, but where two groups have the name. */
  running: number[]
  /** Ends of these of which it is not clear yet whose they are. */
  unassigned: { readonly end: ProcessEnd; readonly isExpected: boolean }[]
  /** Whose end was read last. */
  lastEnded?: number
  /** Of the last start, when it is over. */
  lastEnd?: ProcessEnd
  /** All the ends that nobody has asked for since it came up; undefined when some are not known. */
  unasked: { readonly pid: number; readonly end: ProcessEnd }[] | undefined
  /** Of the last start before it was given up, until somebody asks or it comes up. */
  gaveUp?: ProcessEnd | 'unclear'
}

/** Nobody asks for the ends of those whose notification was lost. */
const KEPT_ENDS = 1024
const KEPT_UNASKED = 16

export class ProcessEnds {
  readonly #isAlive: (pid: number) => boolean
  readonly #services = new Map<string, Service>()
  readonly #ends = new Map<number, { readonly name: string; readonly end: ProcessEnd }>()

  /** @param isAlive whether supervisord has a child with this pid */
  constructor(isAlive: (pid: number) => boolean) {
    this.#isAlive = isAlive
  }

  /** Forgets all. @param processes what there is before the next line; the pid is 0 of what does not run */
  restart(processes: readonly { readonly name: string; readonly pid: number }[]): void {
    this.#services.clear()
    this.#ends.clear()
    for (const { name, pid } of processes) {
      const service = this.#service(name)
      if (pid > 0) service.running.push(pid)
      service.unasked = undefined
    }
  }

  add(line: LogLine): void {
    if (line.kind === 'not spawned') {
      for (const service of this.#services.values()) {
        if (service.running.length === 0) forgetStarts(service)
      }
      return
    }
    const service = this.#service(line.name)
    switch (line.kind) {
      case 'spawned':
        this.#forgetPid(line.pid)
        service.running.push(line.pid)
        service.lastEnd = undefined
        break
      case 'running':
        service.unasked = []
        service.gaveUp = undefined
        break
      case 'gave up': {
        const { lastEnd = 'unclear', gaveUp = lastEnd } = service
        service.gaveUp = isSame(gaveUp, lastEnd) ? lastEnd : 'unclear'
        break
      }
      default:
        service.unassigned.push(line)
        this.#assign(line.name, service)
        if (line.kind === 'stopped') service.lastEnd = undefined
    }
  }

  /** @returns what ended this process of this name; undefined when it is not known for sure */
  take(name: string, pid: number): ProcessEnd | undefined {
    const found = this.#ends.get(pid)
    if (found?.name !== name) return undefined
    this.#ends.delete(pid)
    const service = this.#service(name)
    service.unasked = service.unasked?.filter(other => other.pid !== pid)
    return found.end
  }

  /** For a name that one service has. @returns what ended its start that failed, and its process */
  takeFailedStart(name: string): (ProcessEnd & { pid?: number }) | undefined {
    const { unasked } = this.#service(name)
    const first = unasked?.shift()
    if (unasked === undefined || first === undefined) return undefined
    this.#ends.delete(first.pid)
    if (unasked.length === 0) return { ...first.end, pid: first.pid }
    // One of these is asked for, and it is not known which: the notification of the first may be lost.
    return unasked.every(({ end }) => isSame(end, first.end)) ? first.end : undefined
  }

  /** For a name that one service has. @returns what ended the last start before it was given up */
  takeGaveUp(name: string): ProcessEnd | undefined {
    const service = this.#service(name)
    const { gaveUp } = service
    service.gaveUp = undefined
    return gaveUp === 'unclear' ? undefined : gaveUp
  }

  #service(name: string): Service {
    const known = this.#services.get(name)
    if (known !== undefined) return known
    const made: Service = { running: [], unassigned: [], unasked: [] }
    // A copy: a part of a string keeps the whole in memory, here the log.
    this.#services.set(copy(name), made)
    return made
  }

  /** Who had this pid has ended without a line that was read. */
  #forgetPid(pid: number): void {
    this.#ends.delete(pid)
    for (const service of this.#services.values()) {
      service.running = service.running.filter(other => other !== pid)
    }
  }

  #assign(name: string, service: Service): void {
    const { running, unassigned, lastEnded } = service
    service.lastEnd = undefined
    const dead = running.filter(pid => !this.#isAlive(pid))
    // The line about another one that has died has not been read yet.
    if (dead.length > unassigned.length) return
    service.running = running.length === 1 ? [] : running.filter(pid => !dead.includes(pid))
    service.unassigned = []
    const [first] = unassigned
    const { end, isExpected } = first!
    const areAlike = unassigned.every(
      other => other.isExpected === isExpected && isSame(other.end, end)
    )
    if (dead.length < unassigned.length || !areAlike) {
      // There are processes of this name whose start was not read: what was said last may be theirs.
      if (lastEnded !== undefined) this.#ends.delete(lastEnded)
      forgetStarts(service)
      return
    }
    service.lastEnd = end
    for (const pid of dead) {
      service.lastEnded = pid
      if (!isExpected) this.#keep(name, service, { pid, end })
    }
  }

  #keep(name: string, { unasked }: Service, ended: { pid: number; end: ProcessEnd }): void {
    unasked?.push(ended)
    if (unasked !== undefined && unasked.length > KEPT_UNASKED) unasked.shift()
    this.#ends.set(ended.pid, { name: copy(name), end: ended.end })
    const [oldest] = this.#ends.keys()
    if (this.#ends.size > KEPT_ENDS) this.#ends.delete(oldest!)
  }
}

/** What is known of a service's starts may not be all. */
function forgetStarts(service: Service): void {
  service.lastEnd = undefined
  service.unasked = undefined
}

function isSame(a: ProcessEnd | 'unclear', b: ProcessEnd | 'unclear'): boolean {
  if (a === 'unclear' || b === 'unclear') return false
  return a.exit_code === b.exit_code && a.signal === b.signal && a.core_dumped === b.core_dumped
}

function copy(text: string): string {
  return Buffer.from(text).toString()
}
