/** Who held the memory that ran out, as far as the dump shows it. */

import { printable } from '../units.ts'
import { type Case, type FamilyKb, largestFamily, largestUnowned, MOST, MUCH } from './case.ts'
import { ANONYMOUS, FILES, type Holder } from './holders.ts'

export type Holding =
  | { readonly by: 'victim'; readonly kb: number }
  /** Another process than the one that died. */
  | { readonly by: 'process'; readonly kb: number; readonly name: string }
  | { readonly by: 'family'; readonly kb: number; readonly family: FamilyKb }
  | { readonly by: 'unowned'; readonly kb: number; readonly holder: Holder }
  | { readonly by: 'files'; readonly kb: number }
  /** Processes, of which the dump has no table. */
  | { readonly by: 'anonymous'; readonly kb: number }
  /** All processes together, none of them much. */
  | { readonly by: 'many'; readonly kb: number }
  | { readonly by: 'unknown'; readonly kb: 0 }

export const UNKNOWN: Holding = { by: 'unknown', kb: 0 }

export function holdingOf(known: Case): Holding {
  const { totalKb } = known
  if (totalKb === undefined || totalKb === 0) return UNKNOWN
  const all = candidates(known)
  // Processes first: what is counted as theirs may be counted as shared memory, too.
  const most = all.find(({ kb }) => kb >= totalKb * MOST)
  if (most !== undefined) return most
  const [largest] = all.filter(({ kb }) => kb >= totalKb * MUCH).sort((a, b) => b.kb - a.kb)
  if (largest !== undefined) return largest
  const { tasksKb } = known
  return tasksKb !== undefined && tasksKb >= totalKb * MUCH ? { by: 'many', kb: tasksKb } : UNKNOWN
}

function candidates(known: Case): Holding[] {
  const { facts, holders } = known
  const all: Holding[] = []
  const [largest] = facts.top_tasks ?? []
  const own = facts.rss_kb ?? 0
  const isVictims = largest === undefined || largest.pid === facts.pid || own >= largest.rss_kb
  if (isVictims) all.push({ by: 'victim', kb: own })
  else all.push({ by: 'process', kb: largest.rss_kb, name: printable(largest.name) })
  const unowned = largestUnowned(known)
  const family = largestFamily(known)
  const ofFamily: Holding[] =
    family === undefined ? [] : [{ by: 'family', kb: family.rssKb, family }]
  const ofNobody: Holding[] =
    unowned === undefined ? [] : [{ by: 'unowned', kb: unowned.kb, holder: unowned }]
  const isMostlyUnowned = (unowned?.kb ?? 0) > (family?.rssKb ?? 0)
  all.push(...(isMostlyUnowned ? [...ofNobody, ...ofFamily] : [...ofFamily, ...ofNobody]))
  const anonymous = holders.find(({ what }) => what === ANONYMOUS)
  // Where the table holds far less, those that held it are not in it.
  if (anonymous !== undefined && (known.tasksKb ?? 0) * 2 < anonymous.kb) {
    all.push({ by: 'anonymous', kb: anonymous.kb })
  }
  const files = holders.find(({ what }) => what === FILES)
  if (files !== undefined) all.push({ by: 'files', kb: files.kb })
  return all
}
