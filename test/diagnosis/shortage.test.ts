/** What was short, and which memory no process owns: the sentences for each, and silence for the dump that does not show it. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { buildDump, type Dump } from '../oom/dump-builder.ts'

import { diagnosisOf, isSilentOf, LOW_MEMORY, SMALL, says, withMemory } from './diagnosed.ts'

/** Zones well above their minimum, with free blocks as given for DMA32. */
function enoughFree(blocks: string): Record<string, string> {
  return {
    'Node 0 DMA32 free':
      'Node 0 DMA32 free:500000kB boost:0kB min:44600kB low:55752kB high:66904kB present:2080640kB managed:2001000kB',
    'Node 0 DMA:': 'Node 0 DMA: 2*4kB (U) 0*8kB 0*16kB 0*32kB 0*64kB 0*128kB = 8kB',
    'Node 0 DMA32:': `Node 0 DMA32: ${blocks} = 500000kB`,
  }
}

const IN_SMALL_BLOCKS = '90000*4kB (UME) 17500*8kB (UE) 0*16kB 0*32kB 0*64kB 0*128kB'
const IN_LARGE_BLOCKS = '9*4kB (UME) 5*8kB (UE) 0*16kB 1000*32kB (UME) 0*64kB 3650*128kB (UM)'

describe('what was short', () => {
  test('free memory below the minimum of a zone', () => {
    says(diagnosisOf(buildDump()), /below the minimum.*DMA32 of node 0 \(35 MiB of 44 MiB\)/)
  })

  test('fragmentation: enough free, but no block of the wanted order', () => {
    const dump = withMemory(
      { victim: SMALL, order: 3, freePages: 130_000 },
      enoughFree(IN_SMALL_BLOCKS)
    )
    const { cause } = diagnosisOf(dump)
    assert.match(cause, /fragmented/)
    assert.match(cause, /32 KiB/)
    assert.match(cause, /508 MiB/)
  })

  test('no fragmentation: blocks of the wanted order were free', () => {
    const dump = withMemory(
      { victim: SMALL, order: 3, freePages: 130_000 },
      enoughFree(IN_LARGE_BLOCKS)
    )
    isSilentOf(diagnosisOf(dump), /fragment/)
  })

  test('fragmentation: the only such blocks are reserved (CMA, high-order atomic)', () => {
    const blocks = IN_SMALL_BLOCKS.replace('0*32kB', '8*32kB (CH)').replace('0*64kB', '5*64kB (H)')
    const dump = withMemory({ victim: SMALL, order: 3, freePages: 130_000 }, enoughFree(blocks))
    assert.match(diagnosisOf(dump).cause, /fragmented/)
  })

  test('fragmentation: such blocks are only in Movable, which the allocation may not use', () => {
    const dump = withMemory(
      { victim: SMALL, order: 3, freePages: 130_000 },
      {
        ...enoughFree(IN_SMALL_BLOCKS),
        'Node 0 DMA free':
          'Node 0 Movable free:2034664kB boost:0kB min:32860kB low:65716kB high:73928kB present:5242880kB managed:5242880kB',
        'Node 0 DMA:':
          'Node 0 Movable: 9*4kB (M) 0*8kB 0*16kB 3728*32kB (M) 140*64kB (M) = 128352kB',
      }
    )
    const unmovable = dump.opener[0]!.replace(
      /gfp_mask=\S+/,
      'gfp_mask=0x40dc0(GFP_KERNEL|__GFP_COMP),'
    )
    assert.match(diagnosisOf({ ...dump, opener: [unmovable] }).cause, /fragmented/)
    isSilentOf(diagnosisOf(dump), /fragment/)
  })

  test('no fragmentation: a single page was wanted, or free memory was below the minimum', () => {
    const single = withMemory({ victim: SMALL, freePages: 130_000 }, enoughFree(IN_SMALL_BLOCKS))
    isSilentOf(diagnosisOf(single), /fragment/)
    isSilentOf(diagnosisOf(buildDump({ victim: SMALL, order: 3 })), /fragment/)
  })

  test('fragmentation with pages of 64 KiB', () => {
    const dump = withMemory(
      { victim: SMALL, order: 2, freePages: 8000, pageKb: 64 },
      {
        ...enoughFree('7500*64kB (UME) 156*128kB (UE) 0*256kB 0*512kB'),
        'Node 0 DMA:': 'Node 0 DMA: 2*64kB (U) 0*128kB 0*256kB = 128kB',
      }
    )
    assert.match(diagnosisOf(dump).cause, /256 KiB/)
  })

  test('low memory of a 32-bit kernel ran dry while high memory was free', () => {
    const dump = withMemory(
      { victim: SMALL, freePages: 264_050 },
      {
        'Node 0 DMA free':
          'DMA free:3360kB min:68kB low:84kB high:100kB present:15964kB managed:15876kB',
        'Node 0 DMA32 free':
          'Normal free:4300kB min:7732kB low:8640kB high:9548kB present:884728kB managed:845292kB',
        'lowmem_reserve[]: 0 0 0 0':
          'HighMem free:1048740kB min:512kB low:1748kB high:2984kB present:1149540kB managed:1149540kB',
      }
    )
    const { cause } = diagnosisOf({ ...dump, opener: [LOW_MEMORY] })
    assert.match(cause, /Normal ran dry/)
    assert.match(cause, /1\.0 GiB .*free/)
    assert.match(cause, /HighMem|others/)
  })

  test('low memory of a 32-bit ARM kernel, whose zone is DMA', () => {
    const dump = withMemory(
      { victim: SMALL, freePages: 306_645 },
      {
        'Node 0 DMA free':
          'DMA free:21396kB min:22528kB low:28160kB high:33792kB present:783360kB managed:668264kB',
        'Node 0 DMA32 free':
          'HighMem free:1206676kB min:512kB low:11592kB high:22672kB present:1310720kB managed:1310720kB',
      }
    )
    const { cause } = diagnosisOf({ ...dump, opener: [LOW_MEMORY] })
    assert.match(cause, /DMA ran dry/)
    assert.match(cause, /1\.2 GiB .*free/)
  })

  test('swap: full, absent, free', () => {
    says(diagnosisOf(buildDump()), /swap was full \(187 MiB\)/)
    const none = { 'Free swap': 'Free swap  = 0kB', 'Total swap': 'Total swap = 0kB' }
    says(diagnosisOf(withMemory({}, none)), /no swap/)
    const free = { 'Free swap': 'Free swap  = 100000kB' }
    says(diagnosisOf(withMemory({}, free)), /98 MiB of 187 MiB of swap were free/)
  })

  test("a group's own swap: forbidden, full", () => {
    says(diagnosisOf(buildDump({ kind: 'memcg' })), /may not use swap|no swap/)
    const full = { 'swap: ': 'swap: usage 65536kB, limit 65536kB, failcnt 5' }
    says(diagnosisOf(withMemory({ kind: 'memcg' }, full)), /swap was full \(64 MiB\)/)
    const unlimited = { 'swap: ': 'swap: usage 0kB, limit 9007199254740988kB, failcnt 0' }
    isSilentOf(diagnosisOf(withMemory({ kind: 'memcg' }, unlimited)), /use swap|swap was/)
  })

  test('nothing of swap where the dump prints nothing of it', () => {
    const silent = withMemory({}, { 'Free swap': null, 'Total swap': null })
    isSilentOf(diagnosisOf(silent), /swap was|of swap|no swap/)
  })
})

describe('memory that no process owns', () => {
  const counters = (line: string) => ({ ' mapped:': line })

  const MACHINE: Array<[string, Dump, RegExp[]]> = [
    [
      'shared memory and tmpfs',
      withMemory({ victim: SMALL }, counters(' mapped:6285 shmem:300000 pagetables:4176')),
      [/1\.1 GiB \(57 %\).*(?:shared memory|tmpfs)/, /\/dev\/shm/],
    ],
    [
      'slab',
      withMemory(
        { victim: SMALL },
        { ' slab_reclaimable:': ' slab_reclaimable:5868 slab_unreclaimable:209000' }
      ),
      [/816 MiB \(40 %\).*slab/],
    ],
    [
      'page tables',
      withMemory({ victim: SMALL }, counters(' mapped:6285 shmem:2236 pagetables:150000')),
      [/586 MiB \(29 %\).*page tables/],
    ],
    [
      'huge pages',
      withMemory(
        { victim: SMALL },
        {
          'Node 0 hugepages_total':
            'Node 0 hugepages_total=512 hugepages_free=512 hugepages_surp=0 hugepages_size=2048kB',
        }
      ),
      [/1\.0 GiB \(50 %\).*huge pages/],
    ],
  ]

  for (const [title, dump, patterns] of MACHINE) {
    test(`${title}, of the machine`, () => {
      const diagnosis = diagnosisOf(dump)
      says(diagnosis, ...patterns)
      isSilentOf(diagnosis, /leak in/)
    })
  }

  test('shared memory, of a group', () => {
    const dump = withMemory({ kind: 'memcg' }, { 'shmem ': `shmem ${400_000 * 1024}` })
    says(diagnosisOf(dump), /391 MiB \(76 %\).*(?:shared memory|tmpfs)/)
  })

  test('slab, of a group', () => {
    const dump = withMemory({ kind: 'memcg' }, { 'slab ': `slab ${400_000 * 1024}` })
    says(diagnosisOf(dump), /391 MiB \(76 %\).*slab/)
  })

  test('nothing where there is little of it', () => {
    for (const kind of ['none', 'memcg'] as const) {
      isSilentOf(diagnosisOf(buildDump({ kind })), /shm|tmpfs/, /slab/, /were page tables/, /huge/)
    }
  })
})
