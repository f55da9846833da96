/**
 * Streams of records as no kernel should print them: recorded dumps, cut, mixed and damaged.
 */

import type { Random } from './random.ts'

/** A record of a stream: its text as the device shows it, with escapes. */
export interface Line {
  readonly priority: string
  readonly text: string
  readonly caller: string
  /** How its header is damaged, if it is. */
  readonly damage: '' | 'seq' | 'stamp' | 'priority' | 'semicolon' | 'huge' | 'late'
}

export interface Stream {
  readonly lines: readonly Line[]
  /** Lines that are not as they were recorded, or not where. */
  readonly mutated: number
}

/** Lines taken of one recording at most. */
const MAX_LINES = 160
const CALLERS = ['', 'T1', 'T4711', 'C0']
const FOREIGN = [
  'usb 1-1: new high-speed USB device number 5 using xhci_hcd',
  'oom_reaper: reaped process 77 (x), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB',
  '[UFW BLOCK] IN=eth0 OUT= SRC=10.0.0.1 DST=10.0.0.2 LEN=60',
  '[drm] GPU HANG: ecode 9:1:0x00000000, in chrome [4711]',
  'Killed process 12 (from a program)',
  'CPU: 7 PID: 99 Comm: kworker/7:1 Not tainted 6.1.0 #1',
  ' ? asm_exc_page_fault+0x22/0x30',
  'Memory: 1990000K/2096632K available',
  'memory: usage 12kB, limit 16kB, failcnt 3',
  'Out of memory and no killable processes...',
  'Kernel panic - not syncing: Fatal exception',
  'free:12 skills: 4',
  '',
]
const NUMBERS = ['0', '-1', '4294967296', '9007199254740993', '18446744073709551615', '007']
const NAMES = [
  'a) b (c',
  '531',
  ') total-vm:1kB',
  '\\xc3\\xa9',
  '\\xff',
  ',task=x',
  'Mem-Info:',
  '',
]

/** One to three recordings, damaged by any share from nothing to every line. */
export function makeStream(recordings: readonly (readonly Line[])[], random: Random): Stream {
  const share = random.pick([0, 0.02, 0.1, 0.5, 1])
  const mode = random.below(4)
  const parts = Array.from({ length: mode === 0 ? 1 : 2 + random.below(2) }, (_, index) =>
    takePart(random.pick(recordings), mode === 1 ? CALLERS[index + 1]! : undefined, random)
  )
  const mixed = mode === 1 || mode === 2 ? interleave(parts, random) : parts.flat()
  const lines: Line[] = []
  let mutated = mode === 1 || mode === 2 ? mixed.length : 0
  for (let at = 0; at < mixed.length; at++) {
    const line = mixed[at]!
    if (share === 0 || random.below(1000) >= share * 1000) {
      lines.push(line)
      continue
    }
    if (mutated < mixed.length) mutated++
    for (const one of mutate(line, mixed, at, random)) lines.push(one)
  }
  return { lines, mutated }
}

function takePart(recording: readonly Line[], caller: string | undefined, random: Random): Line[] {
  const excess = recording.length - MAX_LINES
  const from = excess > 0 ? random.below(excess) : 0
  const part = recording.slice(from, from + MAX_LINES)
  return caller === undefined ? part : part.map(line => ({ ...line, caller }))
}

function interleave(parts: readonly Line[][], random: Random): Line[] {
  const mixed: Line[] = []
  const left = parts.map(lines => ({ lines, at: 0 }))
  while (left.length > 0) {
    const which = random.below(left.length)
    const { lines } = left[which]!
    for (let run = 1 + random.below(6); run > 0; run--) {
      const line = lines[left[which]!.at++]
      if (line === undefined) break
      mixed.push(line)
    }
    if (left[which]!.at >= lines.length) left.splice(which, 1)
  }
  return mixed
}

function mutate(line: Line, all: readonly Line[], at: number, random: Random): Line[] {
  const { text } = line
  const place = random.below(text.length + 1)
  const as = (changed: string): Line[] => [{ ...line, text: changed.replaceAll('\n', '\\x0a') }]
  switch (random.below(17)) {
    case 0:
      return as(text.slice(0, place) + byte(random) + text.slice(place + 1))
    case 1:
      return as(text.slice(0, place) + byte(random) + byte(random) + text.slice(place))
    case 2:
      return as(text.slice(0, place) + text.slice(place + 1 + random.below(8)))
    case 3:
      return as(text.slice(0, place))
    case 4:
      return as(text.slice(place))
    case 5:
      return as(`${text.slice(0, place)}${random.pick(['\\', '\\x', '\\x0', '\\x4', '\\x0a'])}`)
    case 6:
      return as(text.replace(numberAt(text, place), random.pick(NUMBERS)))
    case 7:
      return as(text.replace(numberAt(text, place), String(random.below(100_000))))
    case 8:
      return as(text.replace(/\((?:[^()]|\([^()]*\))*\)|task=[^,]*/, `(${random.pick(NAMES)})`))
    case 9:
      return [line, line]
    case 10:
      return []
    case 11:
      return [random.pick(all), line]
    case 12:
      return [{ ...line, text: random.pick(FOREIGN), caller: random.pick(CALLERS) }, line]
    case 13:
      return as(`${text}\\x0a${all[at + 1]?.text ?? ''}`)
    case 14:
      return [{ ...line, caller: random.pick(CALLERS) }]
    case 15:
      return as(text.slice(0, place) + random.pick(all).text.slice(random.below(40)))
    default:
      return [
        {
          ...line,
          damage: random.pick(['seq', 'stamp', 'priority', 'semicolon', 'huge', 'late'] as const),
        },
      ]
  }
}

function byte(random: Random): string {
  return String.fromCharCode(random.below(4) === 0 ? random.below(256) : 32 + random.below(95))
}

/** The number at this place or after it. */
function numberAt(text: string, place: number): string {
  return /\d+/.exec(text.slice(place))?.[0] ?? text.slice(place, place + 3)
}

/** The line as the device shows it. */
export function toRaw(line: Line, seq: number, us: number): string {
  const caller = line.caller === '' ? '' : `,caller=${line.caller}`
  const { damage, priority } = line
  if (damage === '') return `${priority},${seq},${us},-${caller};${line.text}`
  return [
    damage === 'priority' ? 'x' : priority,
    ',',
    damage === 'seq' ? '' : seq,
    ',',
    damage === 'stamp' ? '-5' : damage === 'huge' ? `${us}00000000000` : us,
    ',-',
    caller,
    damage === 'semicolon' ? '' : ';',
    line.text,
  ].join('')
}
