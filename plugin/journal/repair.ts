/**
 * Mending a damaged segment: its good lines go into a new file, with a line for what is missing; the
 * damaged file is kept in `damaged/` for somebody to look at.
 */

import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  lstatSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../state/make-folder.ts'
import { checkFolder, openFile } from '../state/open-file.ts'
import { encodeEvent, encodeHole, type JournalLine } from './line.ts'
import type { Scan, Segment } from './segment.ts'

/** So many damaged files are kept. */
const KEPT_DAMAGED = 16
const UNFINISHED = 'repaired.unfinished'

/** @returns where the damaged file is now @throws a system error */
export function repairSegment(folder: string, segment: Segment, scan: Scan): string {
  const path = join(folder, segment.name)
  const aside = setAside(folder, segment.name)
  const unfinished = join(folder, UNFINISHED)
  rmSync(unfinished, { force: true, recursive: true })
  const fd = openFile(unfinished, constants.O_WRONLY | constants.O_CREAT)
  let bytes = 0
  try {
    for (const line of linesOf(scan)) {
      const encoded = 'event' in line ? encodeEvent(line) : encodeHole(line)
      // All of it, or an error: a disk that is nearly full takes the beginning of a line.
      writeFileSync(fd, encoded)
      bytes += encoded.length
    }
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(unfinished, path)
  segment.bytes = bytes
  return aside
}

/** The good lines, and one in the place of each that is missing. */
function linesOf({ lines, holes }: Scan): JournalLine[] {
  return [...lines, ...holes].sort((a, b) => a.n - b.n)
}

function setAside(folder: string, name: string): string {
  const damaged = join(folder, 'damaged')
  makeFolder(damaged)
  checkFolder(damaged)
  const aside = join(damaged, `${name}.${Date.now()}`)
  try {
    linkSync(join(folder, name), aside)
  } catch {
    // A file system without hard links, or a folder. What is no file would never be copied to its end.
    if (lstatSync(join(folder, name)).isFile()) copyFileSync(join(folder, name), aside)
    else renameSync(join(folder, name), aside)
  }
  for (const old of readdirSync(damaged).sort().slice(0, -KEPT_DAMAGED)) {
    rmSync(join(damaged, old), { recursive: true, force: true })
  }
  return aside
}
