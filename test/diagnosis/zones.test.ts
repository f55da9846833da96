/** Which zones an allocation may use, and whether they had memory for it, by the allocator's rules. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { viewZones, wantedZone, type ZoneView } from '../../plugin/diagnosis/zones.ts'
import { OomDump } from '../../plugin/oom/dump.ts'
import { parseOpener } from '../../plugin/oom/lines/opener.ts'

function dumpOf(mask: string, lines: readonly string[], order = 0): OomDump {
  const dump = new OomDump()
  dump.opener = parseOpener(
    `x invoked oom-killer: gfp_mask=${mask}, order=${order}, oom_score_adj=0`
  )
  for (const line of lines) dump.push(line)
  return dump
}

function view(mask: string, lines: readonly string[], order = 0): ZoneView[] {
  return viewZones(dumpOf(mask, lines, order), 4)
}

const MOVABLE = '0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP)'
const KERNEL = '0xcc0(GFP_KERNEL)'
const zone = (name: string, free: number, more = ''): string =>
  `Node 0 ${name} free:${free}kB min:1000kB low:1250kB high:1500kB ${more}present:9000kB managed:9000kB free_cma:0kB`

test('below the minimum, little above it, and enough', () => {
  const states = [900, 1000, 1001, 1500, 1501].map(
    free => view(KERNEL, [zone('Normal', free)])[0]!.state
  )
  assert.deepEqual(states, ['below', 'below', 'low', 'low', 'enough'])
})

test('a lower zone keeps memory for what can use no higher one (lowmem_reserve, in pages)', () => {
  const lines = [zone('DMA32', 6000), 'lowmem_reserve[]: 0 0 1500 1500', zone('Normal', 2000)]
  const [dma32] = view(KERNEL, lines)
  assert.equal(dma32!.floorKb, 1000 + 1500 * 4)
  assert.equal(dma32!.state, 'below')
  // Without the line it would be taken for enough.
  assert.equal(
    view(
      KERNEL,
      lines.filter(line => !line.startsWith('low'))
    )[0]!.state,
    'enough'
  )
})

test('what is kept for atomic allocations is not free for others', () => {
  const [normal] = view(KERNEL, [zone('Normal', 5000, 'reserved_highatomic:4096KB ')])
  assert.equal(normal!.usableKb, 904)
  assert.equal(normal!.state, 'below')
})

test('CMA is for movable pages only', () => {
  const line = zone('Normal', 5000).replace('free_cma:0kB', 'free_cma:4500kB')
  assert.equal(view(KERNEL, [line])[0]!.state, 'below')
  assert.equal(view(MOVABLE, [line])[0]!.state, 'enough')
})

test('the zones that the mask admits', () => {
  const lines = ['DMA', 'DMA32', 'Normal', 'HighMem', 'Movable'].map(name => zone(name, 2000))
  const usable = (mask: string): string =>
    view(mask, lines)
      .filter(one => one.isUsable)
      .map(one => one.zone.name)
      .join()
  assert.equal(usable('0xcc1(GFP_KERNEL|GFP_DMA)'), 'DMA')
  assert.equal(usable('0xcc4(GFP_KERNEL|GFP_DMA32)'), 'DMA,DMA32')
  assert.equal(usable('0xd0'), 'DMA,DMA32,Normal')
  assert.equal(usable('0x100cc2(GFP_HIGHUSER)'), 'DMA,DMA32,Normal,HighMem')
  assert.equal(usable('0x201da'), 'DMA,DMA32,Normal,HighMem,Movable')
  assert.equal(wantedZone(dumpOf('0xd0', lines)), 'Normal')
  assert.equal(wantedZone(dumpOf('0x0()', lines)), undefined)
})

test('a zone without pages is none', () => {
  const empty = 'Node 0 Movable free:0kB min:0kB low:0kB high:0kB present:0kB managed:0kB'
  assert.equal(view(MOVABLE, [zone('Normal', 2000), empty])[1]!.isUsable, false)
})

test('blocks of the wanted size: none smaller, none reserved, and unknown without the line', () => {
  const buddy = 'Node 0 Normal: 100*4kB (UME) 3*8kB (UE) 7*16kB (C) 0*32kB = 600kB'
  const has = (order: number): boolean | undefined =>
    view(KERNEL, [zone('Normal', 2000), buddy], order)[0]!.hasBlock
  assert.deepEqual([has(0), has(1), has(2), has(3)], [true, true, false, false])
  assert.equal(view(KERNEL, [zone('Normal', 2000)], 2)[0]!.hasBlock, undefined)
})
