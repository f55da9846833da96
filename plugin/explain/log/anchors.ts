/**
 * Words with which a line of a dump begins and nothing else does: from them a reader knows where the kernel's
 * words begin in a line, whatever stands before them, and where one record ends and the next begins in
 * a line that holds several.
 */

const ZONE = '(?:DMA|DMA32|Normal|HighMem|Movable|Device)'

/** The kill, or its announcement. */
const KILLS = [
  '(?:Memory cgroup o|O)ut of [Mm]emory(?: \\([a-z_]{1,32}\\)| in UB \\d{1,10})?: (?:OOM )?[Kk]ill(?:ed)? process \\d',
  'OOM killed process (?:\\d{1,10} \\(|\\S.{0,14} \\(pid=\\d)',
  'Killed process \\d{1,10}(?:, ?UID \\d{1,10},?)? ?\\(',
]

const LINES = [
  'oom-kill:constraint=',
  ...KILLS,
  'Mem-[Ii]nfo:',
  'Tasks state \\(memory values',
  '\\[ {0,8}pid {0,8}\\] {1,8}uid {1,8}tgid',
  // A row of the table of processes.
  '\\[ {0,8}\\d{1,10}\\](?: {1,16}-?\\d{1,16}){6,10} ',
  'CPU: ?\\d{1,5} (?:UID: \\d{1,10} )?PID: \\d{1,10} Comm: ',
  'Pid: \\d{1,10}, comm: ',
  'Tasks in /.{0,4096}? are going to be killed due to',
  'Task in /.{0,4096}? killed as a result of limit of',
  '(?:memory|memory\\+swap|swap|kmem): usage \\d{1,16}kB, limit ',
  'Memory cgroup stats(?: for /|:)',
  `(?:Node \\d{1,4} )?${ZONE}(?: free:\\d{1,16}kB |: \\d{1,10}\\*\\d{1,7}kB )`,
  'Node \\d{1,4} (?:active_anon:|hugepages_total=)\\d',
  'active_anon:\\d{1,16} inactive_anon:\\d',
  'lowmem_reserve\\[\\]:',
  '\\d{1,12} pages (?:of )?RAM(?![\\w])',
  '(?:Free|Total) swap +=',
  'oom_reaper: reaped process \\d',
]

/** The kernel's own stamp, which stands before its words. */
const STAMP = '\\[ {0,8}\\d{1,10}\\.\\d{6}\\](?: ?\\[ {0,8}[TC]\\d{1,10}\\])? '

/** Cheaper than to look for each: nearly no line of a log passes it. */
export const MAY_HOLD =
  /oom-kill:c|process \d|OOM killed |em-[Ii]nfo:|Tasks? (?:state|in )|pid *\]|\] +\d+ +\d|Comm: |comm: |: usage |cgroup stats|free:\d|\*\d+kB|active_anon:|hugepages_|lowmem_reserve|pages (?:of )?RAM|swap +=|oom_reaper: /

const ANCHOR = new RegExp(LINES.join('|'))
const AT_START = new RegExp(`^(?:${LINES.join('|')})`)
const STAMPED = new RegExp(`${STAMP}(?=${LINES.join('|')}|\\S.{0,64} invoked(?: oom-killer:|$))`)

/** Longer lines hold no record of the kernel, whose records are of 1 KiB, or escaped of 4. */
const MAX_LOOK_CHARS = 8192

/** Where in a line the words of a dump's line begin; -1 where there are none. */
export function findAnchor(line: string): number {
  if (!MAY_HOLD.test(line)) return -1
  const found = ANCHOR.exec(line.length > MAX_LOOK_CHARS ? line.slice(0, MAX_LOOK_CHARS) : line)
  return found === null ? -1 : found.index
}

/** Where in a line a stamp of the kernel begins that stands before the words of a dump's line. */
export function findStampedAnchor(line: string): number {
  const found = STAMPED.exec(line.length > MAX_LOOK_CHARS ? line.slice(0, MAX_LOOK_CHARS) : line)
  return found === null ? -1 : found.index
}

/** Whether a line begins with the words of a dump's line. */
export function isAnchored(line: string): boolean {
  return AT_START.test(line)
}

/**
 * Where further records begin in a text that was put together from the lines of a paragraph: a mail program
 * that flows text anew knows nothing of records.
 */
const BEGINS = new RegExp(
  `\\s(?=${STAMP}\\S|(?:${LINES.join('|')})|(?:Memory(?: cgroup(?: out(?: of(?: memory:?)?)?)?)?|Out of memory:?|(?:(?:Memory cgroup o|O)ut of memory: )?Kill(?:ed)?(?: process(?: \\d{1,10})?)?)$|Hardware name: |Call Trace:|Swap cache stats: |\\d{1,12} total pagecache pages|[A-Z][a-z]{2} {1,2}\\d{1,2} \\d\\d:\\d\\d:\\d\\d \\S{1,64} kernel: |\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\S{0,24} (?:\\S{1,64} kernel: |\\[ {0,8}\\d{1,10}\\.\\d{6}\\] ))`,
  'g'
)

/** The records that a text holds, mostly one. */
export function recordsIn(text: string): string[] {
  const records: string[] = []
  let from = 0
  BEGINS.lastIndex = 0
  for (let found = BEGINS.exec(text); found !== null; found = BEGINS.exec(text)) {
    const at = found.index + 1
    const before = text.slice(from, found.index)
    // `Out of memory: Killed process ...` is one record, and nothing but blanks is none.
    if (before.trim() === '' || (/:$/.test(before) && text.startsWith('Kill', at))) continue
    // A zone's line may name its node first.
    if (/(?:^|\s)Node \d{1,4}$/.test(before.slice(-16))) continue
    // Blanks with which a terminal filled its line are no part of a name.
    records.push(before.trimEnd())
    from = at
  }
  if (records.length === 0) return [text]
  return [...records, text.slice(from)]
}
