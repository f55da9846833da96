/**
 * The columns of the Tasks-state table: as its header row names them, or, where the header is missing, as
 * the rows alone show them.
 *
 *     2.6.27 to 2.6.35     uid tgid total_vm rss cpu oom_adj
 *     2.6.36 to 3.6, EL6   uid tgid total_vm rss cpu oom_adj oom_score_adj
 *     3.7 to 3.19, EL7     uid tgid total_vm rss nr_ptes swapents oom_score_adj
 *     4.0 to 4.14          uid tgid total_vm rss nr_ptes nr_pmds [nr_puds] swapents oom_score_adj
 *     4.15 to 6.7          uid tgid total_vm rss pgtables_bytes swapents oom_score_adj
 *     6.8                  uid tgid total_vm rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj
 *
 * Source: kernel, mm/oom_kill.c: dump_tasks (2.6.27 to 6.18).
 */

/** Places of the columns in a row that is kept. */
export const PID = 0
export const UID = 1
export const TOTAL_VM = 2
export const RSS = 3
export const SWAP = 4
export const PGTABLES = 5
export const OOM_SCORE_ADJ = 6
/** Where the numbers go that are of no use. */
export const UNUSED = 7
export const WIDTH = 8

const PLACES: ReadonlyMap<string, number> = new Map([
  ['uid', UID],
  ['total_vm', TOTAL_VM],
  ['rss', RSS],
  ['swapents', SWAP],
  ['pgtables_bytes', PGTABLES],
  ['oom_score_adj', OOM_SCORE_ADJ],
])

/** For each column between the brackets and the name, its place in a row that is kept. */
export type Layout = readonly number[]

const MAX_HEADER = 512
const HEADER = /^\[ *pid *\] +(uid +tgid +total_vm +rss(?: +[\w-]+)*) +name *$/

export function layoutOfHeader(line: string): Layout | undefined {
  const columns = line.length > MAX_HEADER ? undefined : HEADER.exec(line)?.[1]
  if (columns === undefined) return undefined
  return [PID, ...columns.split(/ +/).map(column => PLACES.get(column) ?? UNUSED)]
}

const ROW = /^\[ *(\d{1,10})\]((?: +-?\d{1,16}){6,10}) (?!-?\d+(?: |$))/

/**
 * The columns as one row shows them. The first four are the same in every kernel, and the third must be
 * the pid once more; of the others only those are read that nothing else can be.
 */
export function layoutOfRow(line: string): Layout | undefined {
  const match = ROW.exec(line)
  if (match === null) return undefined
  const pid = Number(match[1])
  const numbers = match[2]!.trim().split(/ +/).map(Number)
  const [, tgid, totalVm, rss] = numbers
  const isTask = tgid === pid && rss! <= totalVm! && numbers.slice(0, 4).every(one => one >= 0)
  if (!isTask) return undefined
  const layout = [PID, UID, UNUSED, TOTAL_VM, RSS, ...numbers.slice(4).map(() => UNUSED)]
  const last = layout.length - 1
  // Six are older than the score; of seven, eight and nine it is always the last.
  if (numbers.length > 6) layout[last] = OOM_SCORE_ADJ
  const bytes = numbers.at(-3)!
  const isByKind = numbers.length === 10 && numbers[4]! + numbers[5]! + numbers[6]! === rss
  if ((numbers.length === 7 || isByKind) && bytes > 0 && bytes % 4096 === 0) {
    layout[last - 1] = SWAP
    layout[last - 2] = PGTABLES
  }
  return layout
}
