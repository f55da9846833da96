/**
 * The files of the spool: one for each event, written once, removed once its event is delivered.
 *
 * A file's name, `SEQUENCE-TS-PID.event`, is its place in the order, the event's time (Unix
 * microseconds) and the writer; a note of a loss ends in `.gap`. A file for each event (4 KiB of
 * disk, usually) means that there is nothing to compact, and that damage costs one event.
 */

import { join } from 'node:path'
import { fs } from './built-ins.ts'
import { readFile, removeFile, replaceFile } from './files.ts'
import { decodeSpoolFile, encodeSpoolFile } from './spool-file.ts'
import {
  isOwnFolder,
  openAndLock,
  openSpoolFolder,
  type SpoolFolder,
  slotName,
  spoolPaths,
} from './spool-folder.ts'

export interface SpoolFile {
  readonly name: string
  readonly sequence: number
  /** Unix microseconds. */
  readonly ts: number
  readonly kind: 'event' | 'gap'
  /** Of the disk, in whole blocks. */
  readonly bytes: number
}

const NAME = /^(\d{12})-(\d{16})-\d+\.(event|gap)$/
const UNFINISHED = '.unfinished'
const BLOCK_BYTES = 4096
/** Far more than the API takes. */
const MAX_FILE_BYTES = 4 * 1024 * 1024
/** So many damaged files are kept for somebody to look at. */
const KEPT_DAMAGED = 64

export class SpoolDir {
  readonly #stateDir: string
  #folder: SpoolFolder | undefined

  constructor(stateDir: string) {
    this.#stateDir = stateDir
  }

  /** Where it is, or would be. */
  get path(): string {
    return this.#folder?.path ?? spoolPaths(this.#stateDir)[0]!
  }

  /** For the names in it: it stays this folder, whoever renames it. Undefined while there is none. */
  get base(): string | undefined {
    return this.#folder?.base
  }

  /** The other spools of this state folder. */
  get others(): string[] {
    return spoolPaths(this.#stateDir).filter(path => path !== this.path && isOwnFolder(path))
  }

  /** Which of the spools of this state folder it is, from 1; undefined while there is none. */
  get slot(): number | undefined {
    return this.#folder?.slot
  }

  /**
   * Makes the folder where there is none.
   *
   * @returns its files, the oldest first; others' files are passed over
   * @throws why it cannot be used, and what to mend
   */
  open(): SpoolFile[] {
    this.close()
    const folder = openSpoolFolder(this.#stateDir)
    this.#folder = folder
    const files: SpoolFile[] = []
    for (const name of fs.readdirSync(folder.base).sort()) {
      // supervisord was not told that this one is safe, and sends it again.
      if (name.endsWith(UNFINISHED)) this.remove(name)
      const file = describe(name, folder.base)
      if (file !== undefined) files.push(file)
    }
    return files
  }

  close(): void {
    if (this.#folder !== undefined) fs.closeSync(this.#folder.fd)
    this.#folder = undefined
  }

  /**
   * Takes over what is in the other spools of this state folder whose shim has gone, and the first of
   * these as its own: a supervisord that was killed and started again finds its last shim there still.
   *
   * @param nextSequence gives each event a place in this spool's order
   * @returns what is new in this one; never throws
   */
  adopt(nextSequence: () => number): SpoolFile[] {
    const files: SpoolFile[] = []
    for (const [index, path] of spoolPaths(this.#stateDir).entries()) {
      const slot = index + 1
      const own = this.#folder
      if (own === undefined || own.slot === slot) continue
      const status = join(this.#stateDir, slotName('shim-status', slot))
      if (slot > own.slot && !holdsEvents(path) && !fs.existsSync(status)) continue
      try {
        const other = openAndLock(path, slot)
        if (other === undefined) continue
        files.push(...takeOver(other, own, nextSequence))
        removeFile(status) // Of one that is no more.
        if (slot > own.slot) discard(other)
        else this.#moveTo(other, own)
      } catch {
        // It is no spool of this user's.
      }
    }
    return files
  }

  /**
   * @returns the file, and its open descriptor for an fsync
   * @throws a system error; nothing is left behind then
   */
  write(file: Pick<SpoolFile, 'sequence' | 'ts' | 'kind'>, body: string): [SpoolFile, number] {
    const name = fileName(file)
    const content = encodeSpoolFile(body)
    // Renamed when it is whole: a kill of this process leaves no half of an event under its name.
    const fd = replaceFile(this.#at(name), this.#at(`${process.pid}${UNFINISHED}`), content)
    return [{ ...file, name, bytes: blocks(Buffer.byteLength(content)) }, fd]
  }

  /**
   * @returns the event's JSON
   * @throws what is wrong with the file
   */
  read(name: string): string {
    const body = decodeSpoolFile(readFile(this.#at(name), MAX_FILE_BYTES))
    if (body === undefined) throw new Error('torn or damaged')
    return body
  }

  /** Never throws: what cannot be removed is delivered again, which the API recognises. */
  remove(name: string): void {
    if (this.#folder !== undefined) removeFile(this.#at(name))
  }

  /** @returns where the file is now; never throws */
  setAside(name: string): string {
    try {
      const damaged = this.#at('damaged')
      if (!fs.lstatSync(damaged, { throwIfNoEntry: false })?.isDirectory()) {
        fs.mkdirSync(damaged, 0o700)
      }
      fs.renameSync(this.#at(name), join(damaged, name))
      for (const old of fs.readdirSync(damaged).sort().slice(0, -KEPT_DAMAGED)) {
        fs.rmSync(join(damaged, old), { recursive: true, force: true })
      }
      return join(this.path, 'damaged', name)
    } catch {
      return join(this.path, name)
    }
  }

  /** Whether it has been removed, with all that was in it. */
  get isGone(): boolean {
    return this.#folder !== undefined && fs.fstatSync(this.#folder.fd).nlink === 0
  }

  /** @throws when there is no folder */
  #at(name: string): string {
    if (this.#folder === undefined) throw new Error('there is no folder for it')
    return join(this.#folder.base, name)
  }

  #moveTo(folder: SpoolFolder, own: SpoolFolder): void {
    for (const name of fs.readdirSync(own.base)) {
      if (name !== 'damaged') fs.renameSync(join(own.base, name), join(folder.base, name))
    }
    this.#folder = folder
    discard(own)
  }
}

function describe(name: string, base: string): SpoolFile | undefined {
  const [, sequence, ts, kind] = NAME.exec(name) ?? []
  const stat = fs.lstatSync(join(base, name), { throwIfNoEntry: false })
  if (sequence === undefined || stat === undefined) return undefined
  return {
    name,
    sequence: Number(sequence),
    ts: Number(ts),
    kind: kind as 'event' | 'gap',
    bytes: blocks(stat.isFile() ? stat.size : 0),
  }
}

function takeOver(other: SpoolFolder, own: SpoolFolder, nextSequence: () => number): SpoolFile[] {
  const files: SpoolFile[] = []
  for (const name of fs.readdirSync(other.base).sort()) {
    const file = describe(name, other.base)
    if (file === undefined) continue
    const adopted = { ...file, sequence: nextSequence() }
    const newName = fileName(adopted)
    fs.renameSync(join(other.base, name), join(own.base, newName))
    files.push({ ...adopted, name: newName })
  }
  return files
}

/** Lets another shim have it, and removes it where nothing is left in it. */
function discard({ path, fd }: SpoolFolder): void {
  try {
    fs.rmdirSync(path)
  } catch {
    // Damaged files are in it.
  }
  fs.closeSync(fd)
}

function holdsEvents(path: string): boolean {
  try {
    return fs.readdirSync(path).some(name => NAME.test(name))
  } catch {
    return false
  }
}

function fileName({ sequence, ts, kind }: Pick<SpoolFile, 'sequence' | 'ts' | 'kind'>): string {
  return `${digits(sequence, 12)}-${digits(ts, 16)}-${process.pid}.${kind}`
}

function blocks(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / BLOCK_BYTES)) * BLOCK_BYTES
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, '0')
}
