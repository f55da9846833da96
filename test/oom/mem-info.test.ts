/** The state of the machine's memory, line by line. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  parseBuddyLine,
  parseCounters,
  parseHugePages,
  parseLowmemReserve,
  parseNodeCounter,
  parsePages,
  parseSwap,
  parseZone,
} from '../../plugin/oom/lines/mem-info.ts'

// Memory of the machine

function counters(...lines: string[]): Record<string, number> {
  const into = new Map<string, number>()
  for (const line of lines) parseCounters(line, into)
  return Object.fromEntries(into)
}

test('counters: pages by name, with or without a leading space', () => {
  assert.deepEqual(
    counters(
      'active_anon:123 inactive_anon:4 isolated_anon:0',
      ' free:11072 free_pcp:61 free_cma:0',
      'slab_reclaimable:5868 isolated(file):3'
    ),
    {
      active_anon: 123,
      inactive_anon: 4,
      isolated_anon: 0,
      free: 11_072,
      free_pcp: 61,
      free_cma: 0,
      slab_reclaimable: 5868,
      'isolated(file)': 3,
    }
  )
})

test('counters: free of a zone is in kB and is none', () => {
  assert.deepEqual(counters('Node 0 DMA free:836kB boost:0kB min:136kB', ' free:836kB'), {})
})

test('counters: the first value stands', () => {
  assert.deepEqual(counters('free:1 free_pcp:2', 'free:3'), { free: 1, free_pcp: 2 })
})

test('counters: their number is bounded', () => {
  const line = Array.from({ length: 1000 }, (_, index) => `a${'_'.repeat(index)}:1`).join(' ')
  assert.ok(Object.keys(counters(line)).length <= 100)
})

const ZONES: Array<[string, string, ReturnType<typeof parseZone>]> = [
  [
    '6.x with boost',
    'Node 0 DMA32 free:1592kB boost:0kB min:1640kB low:2048kB high:2456kB reserved_highatomic:0KB present:245632kB managed:193136kB mlocked:0kB',
    {
      node: 0,
      name: 'DMA32',
      freeKb: 1592,
      minKb: 1640,
      lowKb: 2048,
      highKb: 2456,
      highAtomicKb: 0,
      freeCmaKb: undefined,
      kernelStackKb: undefined,
      presentKb: 245_632,
      managedKb: 193_136,
    },
  ],
  [
    'without nodes (i386, arm)',
    'HighMem free:1048740kB min:512kB low:1748kB high:2984kB present:1149540kB managed:1149540kB',
    {
      node: 0,
      name: 'HighMem',
      freeKb: 1_048_740,
      minKb: 512,
      lowKb: 1748,
      highKb: 2984,
      highAtomicKb: undefined,
      freeCmaKb: undefined,
      kernelStackKb: undefined,
      presentKb: 1_149_540,
      managedKb: 1_149_540,
    },
  ],
  [
    'before 3.10, no managed',
    'Node 11 Normal free:44kB min:45kB low:56kB high:67kB active_anon:0kB present:15996kB mlocked:0kB',
    {
      node: 11,
      name: 'Normal',
      freeKb: 44,
      minKb: 45,
      lowKb: 56,
      highKb: 67,
      highAtomicKb: undefined,
      freeCmaKb: undefined,
      kernelStackKb: undefined,
      presentKb: 15_996,
      managedKb: undefined,
    },
  ],
  [
    'Movable',
    'Node 4 Movable free:130021408kB min:9140kB low:139160kB high:269180kB reserved_highatomic:2048KB present:0kB kernel_stack:16kB free_pcp:0kB free_cma:512kB',
    {
      node: 4,
      name: 'Movable',
      freeKb: 130_021_408,
      minKb: 9140,
      lowKb: 139_160,
      highKb: 269_180,
      highAtomicKb: 2048,
      freeCmaKb: 512,
      kernelStackKb: 16,
      presentKb: 0,
      managedKb: undefined,
    },
  ],
  ['no per-cpu line', 'Node 0 DMA per-cpu:', undefined],
  ['no node counter', 'Node 0 active_anon:3044kB inactive_anon:177540kB', undefined],
]

for (const [title, line, expected] of ZONES) {
  test(`zone: ${title}`, () => assert.deepEqual(parseZone(line), expected))
}

test('lowmem_reserve: pages by zone', () => {
  assert.deepEqual(parseLowmemReserve('lowmem_reserve[]: 0 1921 1921 1921'), [0, 1921, 1921, 1921])
  assert.equal(parseLowmemReserve('lowmem_reserve[]:'), undefined)
})

test('buddy line: block sizes and counts, with the migrate types', () => {
  assert.deepEqual(parseBuddyLine('Node 1 Normal: 2*4kB (UE) 0*8kB 5*16kB (U) = 88kB'), {
    node: 1,
    zone: 'Normal',
    blocks: [
      [4, 2],
      [8, 0],
      [16, 5],
    ],
  })
})

test('buddy line: pages of 64 KiB, no node', () => {
  assert.deepEqual(parseBuddyLine('DMA: 7*64kB (U) 1*128kB (U) = 576kB'), {
    node: 0,
    zone: 'DMA',
    blocks: [
      [64, 7],
      [128, 1],
    ],
  })
})

test('buddy line: no other line of a zone', () => {
  assert.equal(parseBuddyLine('Node 0 DMA free:836kB boost:0kB'), undefined)
  assert.equal(parseBuddyLine('Node 0 DMA per-cpu:'), undefined)
})

test('node counter: active_anon in kB', () => {
  assert.deepEqual(parseNodeCounter('Node 3 active_anon:3044kB inactive_anon:1kB'), {
    node: 3,
    activeAnonKb: 3044,
    kernelStackKb: 0,
  })
  assert.equal(
    parseNodeCounter('Node 0 active_anon:1kB shmem:0kB kernel_stack:2160kB pagetables:9kB')
      ?.kernelStackKb,
    2160
  )
  assert.equal(parseNodeCounter('Node 0 DMA free:1kB active_anon:5kB '), undefined)
})

test('huge pages: size times number', () => {
  assert.deepEqual(
    parseHugePages(
      'Node 0 hugepages_total=512 hugepages_free=12 hugepages_surp=0 hugepages_size=2048kB'
    ),
    { totalKb: 1_048_576, freeKb: 24_576 }
  )
  assert.deepEqual(
    parseHugePages('hugepages_total=1 hugepages_free=0 hugepages_surp=0 hugepages_size=1048576kB'),
    { totalKb: 1_048_576, freeKb: 0 }
  )
  const within = 'app: hugepages_total=1 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB'
  assert.equal(parseHugePages(within), undefined)
})

const PAGES: Array<[string, ReturnType<typeof parsePages>]> = [
  ['524158 pages RAM', { of: 'RAM', pages: 524_158 }],
  ['0 pages HighMem/MovableOnly', { of: 'HighMem', pages: 0 }],
  ['287385 pages HighMem', { of: 'HighMem', pages: 287_385 }],
  ['20068 pages reserved', { of: 'reserved', pages: 20_068 }],
  ['16384 pages of RAM', { of: 'RAM', pages: 16_384 }],
  ['1087 reserved pages', { of: 'reserved', pages: 1087 }],
  ['369 free pages', undefined],
  ['113 pages in swap cache', undefined],
  ['0 pages cma reserved', undefined],
  ['0 pages hwpoisoned', undefined],
  ['1234 pages shared', undefined],
  ['99 pages non-shared', undefined],
  ['2561 total pagecache pages', undefined],
]

for (const [line, expected] of PAGES) {
  test(`pages: ${line}`, () => assert.deepEqual(parsePages(line), expected))
}

const SWAPS: Array<[string, ReturnType<typeof parseSwap>]> = [
  ['Free swap:       4096552kB', { of: 'Free', kb: 4_096_552 }],
  ['Free swap  = 120kB', { of: 'Free', kb: 120 }],
  ['Total swap = 191452kB', { of: 'Total', kb: 191_452 }],
  ['Total swap = 0kB', { of: 'Total', kb: 0 }],
  ['Free swap  = -1640kB', { of: 'Free', kb: -1640 }],
  ['Swap cache stats: add 0, delete 0, find 0/0', undefined],
  ['Free swap  = 12', undefined],
]

for (const [line, expected] of SWAPS) {
  test(`swap: ${line}`, () => assert.deepEqual(parseSwap(line), expected))
}
