/**
 * Which records are worth a closer look. Nearly all that a kernel prints is not about memory, and
 * nobody may notice that each of its records comes by here.
 */

import type { RawRecord } from '../kmsg/record.ts'
import { mayBeSacrificeLine } from './lines/kill.ts'

/**
 * First bytes of lines about a kill that need not hold the word: of those with which a dump may begin,
 * and of a trigger's CPU line and the reaper's, which may come after the kill.
 */
const FIRST = setOf('[CKMOPTmo')
const OF_KILL = setOf('Kkil')

function setOf(chars: string): Uint8Array {
  const set = new Uint8Array(256)
  for (const char of chars) set[char.charCodeAt(0)] = 1
  return set
}

/**
 * The cheapest test, on a record's bytes: whether it may begin a dump or tell anything after a kill.
 * Never false where {@link mayStartSection} is true. The kernel escapes no letter, so escapes need not be
 * undone for it.
 */
export function mayMatter({ bytes, textAt, textEnd }: RawRecord): boolean {
  if (textAt === textEnd) return false
  if (FIRST[bytes[textAt]!] === 1) return true
  // Of any four bytes that read 'kill' or 'Kill', every fourth byte of the text is one.
  for (let at = textAt + 3; at < textEnd; at += 4) {
    if (OF_KILL[bytes[at]!] === 1 && isKillNear(bytes, at, textEnd)) return true
  }
  return false
}

/** Whether `bytes[at]` is a byte of 'kill' or 'Kill'. */
function isKillNear(bytes: Buffer, at: number, end: number): boolean {
  for (let first = at - 3; first <= at && first + 4 <= end; first++) {
    if (
      (bytes[first]! | 0x20) === 0x6b &&
      bytes[first + 1] === 0x69 &&
      bytes[first + 2] === 0x6c &&
      bytes[first + 3] === 0x6c
    ) {
      return true
    }
  }
  return false
}

/** Cheap test for the common case: no dump open and an ordinary line. */
export function mayStartSection(text: string): boolean {
  return (
    text.includes('-killer') ||
    text.includes('Kill') ||
    text.includes('oom-kill:') ||
    text.includes('OOM killed process ') ||
    mayBePartOfHeadlessDump(text) ||
    text.startsWith('Out of memory') ||
    text.startsWith('Kernel panic - ')
  )
}

/**
 * Lines with which a dump may begin for us when its head is missing (overwritten, filtered, cut):
 * unmistakable ones only. Anything looser would collect ordinary log lines as if they were a dump.
 */
export function mayBePartOfHeadlessDump(line: string): boolean {
  return mayBeginDump(line) || mayBeSacrificeLine(line)
}

/** Those of them that no dump has after its kill. */
export function mayBeginDump(line: string): boolean {
  const first = line.charCodeAt(0)
  return (
    (first === 111 && line.startsWith('oom-kill:constraint=')) ||
    (first === 91 && /^\[ *pid *\]/.test(line)) ||
    (first === 77 && line.startsWith('Mem-Info:')) ||
    (first === 84 &&
      (line.startsWith('Tasks state (memory values') || /^Task in .* killed as a/.test(line))) ||
    (first === 109 && /^memory: usage \d+kB, limit/.test(line))
  )
}

/**
 * Mem-Info and the memcg statistics are printed as one record of many lines. In these lines a
 * newline is part of a process's name, which may hold one like any other byte.
 */
export function isOneLine(text: string): boolean {
  return (
    /^(?:\[ *\d|CPU: ?\d|Pid: \d|oom-kill:constraint=|,)/.test(text) ||
    text.includes(' invoked oom-killer') ||
    /\b[Kk]ill(?:ed)? process \d/.test(text)
  )
}
