/**
 * The spool's folder: a file for each event, written once, removed once its event is delivered.
 *
 * A file's name, `SEQUENCE-TS-PID.event`, is its place in the order, the event's time (Unix
 * microseconds) and the writer; a note of a loss ends in `.gap`. A file for each event (4 KiB of
 * disk, usually) means that there is nothing to compact and nothing to lock, and that damage costs
 * one event. Two shims that share a folder for a moment, one dying and one new, deliver some events
 * twice, which the API recognises.
 */

import { dirname, join } from 'node:path'
import { fs } from './built-ins.ts'
import { decodeSpoolFile, encodeSpoolFile } from './spool-file.ts'

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
/** So many damaged files are kept for somebody to look at. */
const KEPT_DAMAGED = 64

export class SpoolDir {
  readonly path: string
  readonly #damaged: string

  constructor(path: string) {
    this.path = path
    this.#damaged = join(path, 'damaged')
  }

  /**
   * Makes the folder where there is none.
   *
   * @returns its files, the oldest first; others' files are passed over
   * @throws a system error
   */
  open(): SpoolFile[] {
    makeFolder(this.path)
    const files: SpoolFile[] = []
    for (const name of fs.readdirSync(this.path).sort()) {
      // supervisord was not told that this one is safe, and sends it again.
      if (name.endsWith(UNFINISHED)) this.remove(name)
      const [, sequence, ts, kind] = NAME.exec(name) ?? []
      if (sequence === undefined) continue
      const size = fs.statSync(join(this.path, name), { throwIfNoEntry: false })?.size
      if (size === undefined) continue
      const bytes = blocks(size)
      files.push({
        name,
        sequence: Number(sequence),
        ts: Number(ts),
        kind: kind as 'event' | 'gap',
        bytes,
      })
    }
    return files
  }

  /**
   * @returns the file, and its open descriptor for an fsync
   * @throws a system error; nothing is left behind then
   */
  write(file: Pick<SpoolFile, 'sequence' | 'ts' | 'kind'>, body: string): [SpoolFile, number] {
    const name = `${digits(file.sequence, 12)}-${digits(file.ts, 16)}-${process.pid}.${file.kind}`
    const content = Buffer.from(encodeSpoolFile(body))
    // Renamed when it is whole: a kill of this process leaves no half of an event under its name.
    const unfinished = `${process.pid}${UNFINISHED}`
    const fd = fs.openSync(join(this.path, unfinished), 'w', 0o600)
    try {
      fs.writeFileSync(fd, content)
      fs.renameSync(join(this.path, unfinished), join(this.path, name))
    } catch (error) {
      fs.closeSync(fd)
      this.remove(unfinished)
      throw error
    }
    return [{ ...file, name, bytes: blocks(content.length) }, fd]
  }

  /**
   * @returns the event's JSON; undefined when the file has gone: another shim has delivered it
   * @throws what is wrong with the file
   */
  read(name: string): string | undefined {
    let content: string
    try {
      content = fs.readFileSync(join(this.path, name), 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
    const body = decodeSpoolFile(content)
    if (body === undefined) throw new Error('torn or damaged')
    return body
  }

  /** Never throws: what cannot be removed is delivered again, which the API recognises. */
  remove(name: string): void {
    try {
      fs.unlinkSync(join(this.path, name))
    } catch {
      // Gone already, or the disk has become read-only.
    }
  }

  /** @returns where the file is now; never throws */
  setAside(name: string): string {
    const path = join(this.#damaged, name)
    try {
      fs.mkdirSync(this.#damaged, { recursive: true, mode: 0o700 })
      fs.renameSync(join(this.path, name), path)
      for (const old of fs.readdirSync(this.#damaged).sort().slice(0, -KEPT_DAMAGED)) {
        fs.rmSync(join(this.#damaged, old), { recursive: true, force: true })
      }
      return path
    } catch {
      return join(this.path, name)
    }
  }
}

/**
 * With its parents. Not by `recursive`, which never returns where the system answers ENOENT although
 * the parent is there, as in /proc (seen on Node 20 to 26).
 *
 * @throws a system error
 */
function makeFolder(path: string): void {
  try {
    fs.mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    makeFolder(dirname(path))
    fs.mkdirSync(path, { mode: 0o700 })
  }
}

function blocks(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / BLOCK_BYTES)) * BLOCK_BYTES
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, '0')
}
