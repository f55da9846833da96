/**
 * The spool: what is reported and not yet delivered, in order.
 *
 * An event is on disk, and its file fsync'ed, before `append` resolves: what supervisord was told to
 * forget outlives a kill of this process and of the machine. (ext4, XFS and Btrfs make a new file's
 * name durable with its first fsync; elsewhere a power cut may take the name. Removals are not
 * synced: an event delivered just before a power cut may be delivered again.)
 *
 * What cannot be written is kept in memory, and written once that works again. What passes the
 * limits, or cannot be read any more, leaves a note in its place, which is delivered as a
 * `telemetry_gap`.
 */

import type { PublishEventRequest } from '../generated/types.ts'
import { fs } from './built-ins.ts'
import type { Log } from './own-log.ts'
import type { SpoolDir, SpoolFile } from './spool-dir.ts'
import { DEFAULT_LIMITS, type Loss, LossReason, type SpoolLimits } from './spool-limits.ts'
import { uptime } from './uptime.ts'

/** Of so many events that wait the body is kept: with the API up, nothing is read from disk. */
const KEPT_BODIES = 64

/** A folder that could not be used, or that somebody has removed, is opened again so often at most. */
const OPEN_AGAIN_MS = 10_000

export interface SpoolParts {
  readonly dir: SpoolDir
  readonly log: Log
  /** Makes the event that tells consumers of a loss; `serial` names it within the run of supervisord. */
  readonly describeLoss: (loss: Loss, serial: string) => PublishEventRequest
  /** Told why events are not kept where they should be, and when that is over (`undefined`). */
  readonly onError?: (error: string | undefined) => void
  readonly limits?: Partial<SpoolLimits>
}

interface Entry {
  readonly sequence: number
  readonly ts: number
  readonly kind: 'event' | 'gap'
  /** Since when this process has it, by `uptime`. Never less than that of the entry before. */
  readonly since: number
  /** Of a gap that this process has noted. */
  readonly loss?: Loss
  /** It may have been delivered, and stays as it is. */
  wasTaken?: boolean
  /** At least one of the two is there: `file` when it is on disk, `body` when it is in memory. */
  file?: SpoolFile
  body?: string
}

export class Spool {
  readonly #dir: SpoolDir
  readonly #log: Log
  readonly #limits: SpoolLimits
  readonly #describeLoss: SpoolParts['describeLoss']
  readonly #onError: (error: string | undefined) => void
  readonly #entries: Entry[] = []
  #nextSequence = 1
  #diskBytes = 0
  #unwrittenLength = 0
  #isWritable = true
  /** By `uptime`. */
  #openedAt = 0
  /** What is being delivered, and must stay. */
  #taken: Entry | undefined

  /** Never throws: a folder that cannot be used is logged. */
  constructor({ dir, log, describeLoss, onError = () => {}, limits = {} }: SpoolParts) {
    this.#dir = dir
    this.#log = log
    this.#describeLoss = describeLoss
    this.#onError = onError
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
    this.#open()
    // Above what may be found when the folder can be used again: that is older.
    if (dir.slot === undefined) this.#nextSequence = Math.floor(Date.now() / 1000)
  }

  get size(): number {
    return this.#entries.length
  }

  /** Takes over what other shims have left that are gone. @returns whether there was something */
  adopt(): boolean {
    const wasShared = this.#shared() !== undefined
    const files = this.#dir.adopt(() => this.#nextSequence++)
    this.#insertFiles(this.#entries.length, files)
    if (wasShared && this.#shared() === undefined) this.#onError(undefined)
    return files.length > 0
  }

  /** Whether the folder could be used the last time it was tried. */
  get isWritable(): boolean {
    return this.#isWritable
  }

  /** Whether some events would be lost with this process. */
  get hasUnwritten(): boolean {
    return this.#unwrittenLength > 0
  }

  /**
   * The event can be taken at once.
   *
   * @returns when it is safely on disk, or certainly not going to be; never rejects
   */
  async append(request: PublishEventRequest): Promise<void> {
    const entry: Entry = {
      sequence: this.#nextSequence++,
      ts: request.ts ?? Date.now() * 1000,
      kind: 'event',
      since: uptime(),
      body: JSON.stringify(request),
    }
    this.#insert(this.#entries.length, entry)
    const fd = this.#write(entry)
    this.#enforceLimits()
    if (fd === undefined) return
    try {
      await sync(fd)
      if (!this.#isWritable) this.#recovered()
      if (this.#entries.indexOf(entry, KEPT_BODIES) !== -1) entry.body = undefined
    } catch (error) {
      this.#failed(error)
    } finally {
      fs.closeSync(fd)
    }
  }

  /** @returns the oldest event's JSON; the event stays until `remove` */
  take(): string | undefined {
    this.#taken = undefined
    this.#enforceLimits()
    for (let entry = this.#entries[0]; entry !== undefined; entry = this.#entries[0]) {
      const body = entry.body ?? this.#read(entry)
      if (body === undefined) continue
      this.#taken = entry
      entry.wasTaken = true
      return body
    }
    return undefined
  }

  /** Removes the event that was taken last. */
  remove(): void {
    if (this.#taken !== undefined) this.#discard(this.#taken)
    this.#taken = undefined
  }

  /** Removes the event that was taken last, and leaves a note: nobody has it. */
  reject(): void {
    const entry = this.#taken
    this.#taken = undefined
    if (entry?.kind === 'event') this.#lose(entry, LossReason.refused)
    else if (entry !== undefined) this.#discard(entry)
  }

  #open(): void {
    this.#openedAt = uptime()
    try {
      const files = this.#dir.open()
      const last = files.at(-1)
      this.#insertFiles(0, files)
      if (last !== undefined) this.#nextSequence = Math.max(this.#nextSequence, last.sequence + 1)
      this.adopt()
    } catch (error) {
      this.#failed(error)
      return
    }
    const { path } = this.#dir
    if (this.size > 0) {
      this.#log.info(
        { dir: path, events: this.size },
        'events are left to deliver from the last run'
      )
    }
    this.#onError(this.#shared())
    if (this.#shared() !== undefined) this.#log.warn({ dir: path }, this.#shared()!)
  }

  /** That the folder is not the one that was asked for. */
  #shared(): string | undefined {
    const { slot, path } = this.#dir
    if (slot === undefined || slot === 1) return undefined
    return `another shim uses the spool of this state folder: events of this one wait in ${path}. Give each supervisord its own SYSMON_STATE_DIR`
  }

  #insertFiles(index: number, files: readonly SpoolFile[]): void {
    const since = this.#entries[index]?.since ?? uptime()
    for (const [offset, file] of files.entries()) {
      this.#insert(index + offset, { ...file, since, file })
    }
  }

  #insert(index: number, entry: Entry): void {
    this.#entries.splice(index, 0, entry)
    if (entry.file === undefined) this.#unwrittenLength += entry.body!.length
    else this.#diskBytes += entry.file.bytes
  }

  /** @returns the index at which it was */
  #discard(entry: Entry): number {
    const index = this.#entries.indexOf(entry)
    this.#entries.splice(index, 1)
    if (entry.file === undefined) {
      this.#unwrittenLength -= entry.body!.length
    } else {
      this.#diskBytes -= entry.file.bytes
      this.#dir.remove(entry.file.name)
    }
    return index
  }

  /** @returns the open file, to be synced and closed; undefined when the entry stays in memory */
  #write(entry: Entry): number | undefined {
    const isThere = this.#dir.slot !== undefined && !this.#dir.isGone
    if (!isThere && uptime() - this.#openedAt > OPEN_AGAIN_MS) this.#open()
    try {
      const [file, fd] = this.#dir.write(entry, entry.body!)
      entry.file = file
      this.#unwrittenLength -= entry.body!.length
      this.#diskBytes += file.bytes
      return fd
    } catch (error) {
      this.#failed(error)
      return undefined
    }
  }

  /** @returns undefined when the entry could not be read, and is not among the entries any more */
  #read(entry: Entry): string | undefined {
    const { name } = entry.file!
    try {
      return this.#dir.read(name)
    } catch (error) {
      const file = this.#dir.setAside(name)
      this.#log.error({ err: message(error), file }, 'a file of the spool is set aside: unreadable')
      this.#lose(entry, LossReason.damaged)
      return undefined
    }
  }

  #enforceLimits(): void {
    const { diskBytes, memoryLength, ageMs } = this.#limits
    const oldest = uptime() - ageMs
    // Not looked for in vain: with thousands that wait, that took longer than to deliver one.
    if (this.#entries[0] !== undefined && this.#entries[0].since < oldest) {
      this.#loseWhile(LossReason.old, entry => entry.since < oldest)
    }
    if (this.#diskBytes <= diskBytes && this.#unwrittenLength <= memoryLength) return
    this.#loseWhile(
      LossReason.full,
      entry =>
        (entry.file !== undefined && this.#diskBytes > diskBytes) ||
        (entry.file === undefined && this.#unwrittenLength > memoryLength)
    )
  }

  #loseWhile(reason: string, isOverLimit: (entry: Entry) => boolean): void {
    for (let index = 0; index < this.#entries.length; ) {
      const entry = this.#entries[index]!
      const isDroppable = entry.kind === 'event' && entry !== this.#taken
      if (isDroppable && isOverLimit(entry)) this.#lose(entry, reason)
      else index++
    }
  }

  /** Puts a note in the place of an entry, or lengthens the note before it. */
  #lose(entry: Entry, reason: string): void {
    const index = this.#discard(entry)
    const note = this.#entries[index - 1]
    if (note?.loss?.reason === reason && !note.wasTaken) {
      const loss = { ...note.loss, lost: note.loss.lost + 1, to: entry.ts }
      this.#note(this.#discard(note), note, loss)
    } else {
      this.#log.error({ reason }, 'events are lost')
      this.#note(index, entry, { lost: 1, reason, from: entry.ts, to: entry.ts })
    }
  }

  #note(index: number, { sequence, since }: Entry, loss: Loss): void {
    const body = JSON.stringify(this.#describeLoss(loss, `spool-${loss.from}-${sequence}`))
    const entry: Entry = { sequence, ts: loss.from, kind: 'gap', since, loss, body }
    this.#insert(index, entry)
    const fd = this.#write(entry)
    // Not synced: a sync for each event lost is more than this note is worth.
    if (fd !== undefined) fs.closeSync(fd)
  }

  #failed(error: unknown): void {
    const isOfSystem = (error as NodeJS.ErrnoException).code !== undefined
    const reason = isOfSystem
      ? `${message(error)}. Give this user a folder it can write, with free space, in SYSMON_STATE_DIR`
      : message(error)
    this.#onError(reason)
    if (!this.#isWritable) return
    this.#isWritable = false
    this.#log.warn(
      { dir: this.#dir.path },
      `the spool cannot be written: events are kept in memory, and are lost if this process ends before the API has taken them: ${reason}`
    )
  }

  #recovered(): void {
    this.#isWritable = true
    for (const entry of this.#entries) {
      if (entry.file !== undefined) continue
      const fd = this.#write(entry)
      if (fd === undefined) return
      // Nobody waits for it: it was acknowledged when only the memory had it.
      fs.fsync(fd, () => fs.closeSync(fd))
    }
    this.#onError(this.#shared())
    this.#log.info({ dir: this.#dir.path }, 'the spool can be written again')
  }
}

/** @throws a system error */
function sync(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.fsync(fd, error => (error ? reject(error) : resolve()))
  })
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
