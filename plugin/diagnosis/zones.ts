/**
 * Which zones an allocation may use, and whether they had memory for it: the test of the page
 * allocator, __zone_watermark_ok, over what the dump states.
 *
 * Sources: kernel, mm/page_alloc.c: __zone_watermark_ok, zone_watermark_fast; include/linux/gfp.h:
 * gfp_zone (the mask's four zone bits have been the same since 2.6.32).
 */

import type { OomDump } from '../oom/dump.ts'
import type { Zone } from '../oom/lines/mem-info.ts'

const ORDER = ['DMA', 'DMA32', 'Normal', 'HighMem', 'Movable']
const GFP_DMA = 0x1
const GFP_HIGHMEM = 0x2
const GFP_DMA32 = 0x4
const GFP_MOVABLE = 0x8

/** `below` the minimum; `low`: not more than what the kernel tries to keep free; `enough`. */
type ZoneState = 'below' | 'low' | 'enough' | 'unknown'

export interface ZoneView {
  readonly zone: Zone
  /** Whether the allocation may use it. */
  readonly isUsable: boolean
  /** Free for this allocation: without what is kept for others. */
  readonly usableKb: number
  /** What must stay free: the minimum, and what is kept for allocations that can use no higher zone. */
  readonly floorKb: number | undefined
  readonly state: ZoneState
  /** Whether a free block of the wanted size is there; undefined where the dump lists none. */
  readonly hasBlock: boolean | undefined
}

/** Pages in one piece that were asked for: 2 to this power. */
export function orderOf(dump: OomDump): number {
  return Math.max(0, dump.opener?.order ?? 0)
}

function gfpMaskOf(dump: OomDump): number | undefined {
  const mask = dump.opener?.gfpMask
  return mask === undefined ? undefined : Number.parseInt(mask, 16)
}

/** A page fault that failed for want of memory somewhere below it: no allocation of its own. */
export function isPageFault(dump: OomDump): boolean {
  return !dump.isManual && gfpMaskOf(dump) === 0
}

/** The highest zone that the allocation may use, as an index in ORDER; all of them where unknown. */
function highestZone(dump: OomDump): number {
  const mask = gfpMaskOf(dump)
  const has = (name: string): boolean => dump.zones.some(zone => zone.name === name)
  if (mask === undefined || mask === 0) return ORDER.length - 1
  if ((mask & GFP_DMA) !== 0 && has('DMA')) return 0
  if ((mask & GFP_DMA32) !== 0 && has('DMA32')) return 1
  if ((mask & GFP_HIGHMEM) === 0) return 2
  return (mask & GFP_MOVABLE) === 0 ? 3 : 4
}

/** The name of the zone that was asked for, as far as the mask says. */
export function wantedZone(dump: OomDump): string | undefined {
  const mask = gfpMaskOf(dump)
  return mask === undefined || mask === 0 ? undefined : ORDER[highestZone(dump)]
}

export function viewZones(dump: OomDump, pageKb: number | undefined): ZoneView[] {
  const highest = highestZone(dump)
  const isMovable = ((gfpMaskOf(dump) ?? GFP_MOVABLE) & GFP_MOVABLE) !== 0
  const isTop = !dump.zones.some(zone => rank(zone) > highest && (zone.managedKb ?? 1) > 0)
  return dump.zones.map((zone, index) => {
    const reserves = dump.lowmemReserves[index] ?? []
    const reservePages = isTop ? Math.max(0, ...reserves) : (reserves[place(dump, highest)] ?? 0)
    const usableKb = Math.max(
      0,
      zone.freeKb - (zone.highAtomicKb ?? 0) - (isMovable ? 0 : (zone.freeCmaKb ?? 0))
    )
    const reserveKb = reservePages * (pageKb ?? 0)
    const floorKb = zone.minKb === undefined ? undefined : zone.minKb + reserveKb
    return {
      zone,
      isUsable: rank(zone) <= highest && (zone.managedKb ?? zone.presentKb ?? 1) > 0,
      usableKb,
      floorKb,
      state: stateOf(usableKb, floorKb, (zone.highKb ?? zone.lowKb ?? 0) + reserveKb),
      hasBlock: hasBlock(dump, zone, pageKb),
    }
  })
}

function rank(zone: Zone): number {
  const at = ORDER.indexOf(zone.name)
  return at === -1 ? ORDER.length : at
}

/** Where a zone stands in lowmem_reserve[], which lists those that the kernel was built with. */
function place(dump: OomDump, index: number): number {
  const lower = ORDER.slice(0, index)
  return lower.filter(name => dump.zones.some(zone => zone.name === name)).length
}

function stateOf(usableKb: number, floorKb: number | undefined, keptKb: number): ZoneState {
  if (floorKb === undefined) return 'unknown'
  if (usableKb <= floorKb) return 'below'
  return usableKb <= keptKb ? 'low' : 'enough'
}

/** Blocks of the contiguous memory allocator and for atomic use are counted as none (see oom/lines/mem-info.ts). */
function hasBlock(dump: OomDump, zone: Zone, pageKb: number | undefined): boolean | undefined {
  const line = dump.buddies.find(one => one.node === zone.node && one.zone === zone.name)
  if (line === undefined || pageKb === undefined) return undefined
  const wanted = 2 ** orderOf(dump) * pageKb
  return line.blocks.some(([kb, count]) => kb >= wanted && count > 0)
}
