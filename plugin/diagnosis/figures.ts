/** The numbers behind the sentences, as `sysmon explain --json` gives them beside the event. */

import { decodeName } from '../kernel-names.ts'
import type { OomDump } from '../oom/dump.ts'
import type { Case } from './case.ts'
import { architectureOf, distributionOf } from './distribution.ts'
import { gfpFlags } from './gfp.ts'
import { orderOf, wantedZone } from './zones.ts'

export type Figures = Readonly<Record<string, unknown>>

/** Every part only where the dump states it; sizes in KiB. */
export function figuresOf(known: Case): Figures {
  const { dump } = known
  return compact({
    kernel: dump.kernelRelease,
    distribution: distributionOf(dump.kernelRelease),
    architecture: architectureOf(dump.kernelRelease),
    hardware: decodeName(dump.circumstances.hardware),
    call_trace: dump.circumstances.callTrace,
    victim: victimFigures(known),
    page_size_kb: known.pageKb,
    allocation: allocation(dump, known.pageKb),
    counters_kb: counters(dump, known.pageKb),
    swap: swap(dump, known.pageKb),
    pages: otherPages(dump, known.pageKb),
    managed_kb: managedKb(dump, known.pageKb),
    huge_pages:
      dump.hugePagesKb === 0
        ? undefined
        : { total_kb: dump.hugePagesKb, free_kb: dump.hugePagesFreeKb },
    zones: known.zones.map(({ zone, isUsable, usableKb, floorKb, state, hasBlock }) =>
      compact({
        node: zone.node,
        zone: zone.name,
        free_kb: zone.freeKb,
        min_kb: zone.minKb,
        low_kb: zone.lowKb,
        high_kb: zone.highKb,
        managed_kb: zone.managedKb,
        usable: isUsable,
        usable_kb: usableKb,
        needed_kb: floorKb,
        state,
        has_block: hasBlock,
      })
    ),
    held: known.holders
      .filter(({ kb }) => kb > 0)
      .map(({ kb, what }) => ({ kb: Math.round(kb), what })),
    memcg: memcg(dump),
    tasks: compact({
      processes: known.processes,
      rss_kb: known.tasksKb,
      by_name: known.families.map(({ name, processes, rssKb }) => ({
        name,
        processes,
        rss_kb: rssKb,
      })),
    }),
    cpuset: decodeName(dump.structured?.cpuset),
    mems_allowed: dump.structured?.memsAllowed,
    nodemask: dump.structured?.nodemask,
    oom_group: decodeName(known.kill?.groupPath),
    slab_caches: dump.kernelMemory.slabs,
    kernel_allocations: dump.kernelMemory.allocations,
  })
}

function allocation(dump: OomDump, pageKb: number | undefined): Figures | undefined {
  const { opener } = dump
  if (opener === undefined) return undefined
  const { gfpMask, order } = opener
  return compact({
    gfp_mask: gfpMask?.replace(/\(.*/, ''),
    gfp_flags: gfpMask === undefined ? undefined : gfpFlags(gfpMask, dump.kernelRelease),
    order,
    wanted_kb:
      order === undefined || order < 0 || pageKb === undefined
        ? undefined
        : 2 ** orderOf(dump) * pageKb,
    zone: wantedZone(dump),
    oom_score_adj: opener.oomScoreAdj,
  })
}

/** @param score as the kernel printed it (before 5.1) */
function victimFigures({ dump, facts, totalKb }: Case): Figures {
  const { rss_kb: rssKb } = facts
  return compact({
    score: dump.score,
    rss_percent:
      rssKb === undefined || totalKb === undefined || totalKb === 0
        ? undefined
        : Math.round((rssKb / totalKb) * 1000) / 10,
  })
}

function swap(dump: OomDump, pageKb: number | undefined): Figures {
  const { totalSwapKb: totalKb, freeSwapKb: freeKb, otherPages: pages } = dump
  const cachePages = pages.get('swapCache')
  const cacheKb = cachePages === undefined || pageKb === undefined ? undefined : cachePages * pageKb
  const isKnown = totalKb !== undefined && freeKb !== undefined
  return compact({
    total_kb: totalKb,
    free_kb: freeKb,
    cache_kb: cacheKb,
    used_kb: isKnown ? Math.max(0, totalKb - freeKb) : undefined,
    used_percent:
      isKnown && totalKb > 0 ? Math.round(((totalKb - freeKb) / totalKb) * 1000) / 10 : undefined,
  })
}

function otherPages({ otherPages: pages }: OomDump, pageKb: number | undefined): Figures {
  const kb = (count: number | undefined): number | undefined =>
    count === undefined || pageKb === undefined ? undefined : count * pageKb
  return compact({
    page_cache_kb: kb(pages.get('pageCache')),
    cma_reserved_kb: kb(pages.get('cma')),
    hwpoisoned_kb: kb(pages.get('hwPoisoned')),
  })
}

function managedKb(dump: OomDump, pageKb: number | undefined): number | undefined {
  const { ramPages, reservedPages } = dump
  return ramPages === undefined || reservedPages === undefined || pageKb === undefined
    ? undefined
    : (ramPages - reservedPages) * pageKb
}

function counters(dump: OomDump, pageKb: number | undefined): Figures | undefined {
  if (pageKb === undefined) return undefined
  return compact(
    Object.fromEntries([...dump.counters].map(([name, pages]) => [name, pages * pageKb]))
  )
}

function memcg(dump: OomDump): Figures | undefined {
  const usage = [...dump.memcgUsage.values()].map(({ resource, usageKb, limitKb, failcnt }) => [
    resource,
    compact({ usage_kb: usageKb, limit_kb: limitKb, failcnt }),
  ])
  return compact({
    ...Object.fromEntries(usage),
    stats_bytes: compact(Object.fromEntries(dump.memcgStats)),
  })
}

/** Without what is absent or empty; undefined when nothing is left. */
function compact(fields: Record<string, unknown>): Figures {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => {
      if (value === undefined) return false
      if (Array.isArray(value)) return value.length > 0
      return typeof value !== 'object' || value === null || Object.keys(value).length > 0
    })
  )
}
