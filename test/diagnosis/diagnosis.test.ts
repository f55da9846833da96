/**
 * The sentences: for each thing that may be behind a kill the dump that shows it, and silence for
 * the dump that does not. What is asserted are names, figures and the verdict, not the wording.
 */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Diagnosis, diagnose } from '../../plugin/diagnosis/diagnosis.ts'
import {
  type Explained,
  type ExplainedKill,
  LogExplainer,
} from '../../plugin/explain/log-explainer.ts'
import { killReport, noKillReport, PLAIN } from '../../plugin/explain/report.ts'
import {
  buildDump,
  type Dump,
  type DumpOptions,
  killLine,
  linesOf,
  recordsOf,
  toKmsg,
} from '../oom/dump-builder.ts'

function explain(lines: readonly string[]): Explained[] {
  const explained: Explained[] = []
  const explainer = new LogExplainer(one => explained.push(one))
  for (const record of recordsOf(lines)) explainer.push(toKmsg(record).slice(0, -1))
  explainer.end()
  return explained
}

function killIn(lines: readonly string[]): ExplainedKill {
  const kills = explain(lines).filter(one => one.type === 'kill')
  assert.equal(kills.length, 1)
  return kills[0]!
}

function diagnosisOf(dump: Dump): Diagnosis {
  const { kill, event } = killIn(linesOf(dump))
  return diagnose(kill, event.data)
}

/** A dump with lines of its memory part replaced: those that begin with a key become its value. */
function withMemory(options: DumpOptions, replace: Readonly<Record<string, string | null>>): Dump {
  const dump = buildDump({ counters: 'records', ...options })
  const memory = dump.memory.flatMap(line => {
    const key = Object.keys(replace).find(prefix => line.startsWith(prefix))
    if (key === undefined) return [line]
    return replace[key] === null ? [] : [replace[key]!]
  })
  for (const [key, line] of Object.entries(replace)) {
    if (line !== null && !memory.includes(line)) throw new Error(`no line begins with ${key}`)
  }
  return { ...dump, memory }
}

const whole = ({ cause, evidence, next }: Diagnosis): string =>
  [cause, ...evidence, ...next].join('\n')

function says({ cause, evidence }: Diagnosis, ...patterns: readonly RegExp[]): void {
  for (const pattern of patterns) assert.match([cause, ...evidence].join('\n'), pattern)
}

function isSilentOf(diagnosis: Diagnosis, ...patterns: readonly RegExp[]): void {
  for (const pattern of patterns) assert.doesNotMatch(whole(diagnosis), pattern)
}

/** An allocation of the kernel for itself: it can use no high memory. */
const LOW_MEMORY = 'node invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0'

const SMALL = { comm: 'helper', pid: 4711, rssPages: 2500, totalVmPages: 9000 }

describe('who held the memory', () => {
  const workers = Array.from({ length: 40 }, (_, at) => ({
    comm: 'chrome',
    pid: 100 + at,
    rssPages: 9000,
  }))

  test('many processes of one name, together', () => {
    const diagnosis = diagnosisOf(buildDump({ victim: SMALL, others: workers }))
    assert.match(diagnosis.cause, /40 chrome processes held 1\.4 GiB together/)
    assert.match(diagnosis.next.join(), /chrome/)
    isSilentOf(diagnosis, /leak/)
  })

  test('many processes of one name in a group with a limit', () => {
    const dump = buildDump({ kind: 'memcg', victim: SMALL, others: workers.slice(0, 12) })
    assert.match(diagnosisOf(dump).cause, /12 chrome processes held 422 MiB together/)
  })

  test('nothing of sums where each name has one process', () => {
    isSilentOf(diagnosisOf(buildDump()), /processes held/)
  })

  test('no process at all: kernel slab, of which a part could be reclaimed', () => {
    const dump = withMemory(
      { victim: SMALL },
      { ' slab_reclaimable': ' slab_reclaimable:150000 slab_unreclaimable:200000' }
    )
    const diagnosis = diagnosisOf(dump)
    assert.match(diagnosis.cause, /no process held most.*1\.3 GiB.*slab \(57 % of it not/)
    assert.match(diagnosis.next.join(), /slabtop/)
  })

  test('no process, and none of the counters', () => {
    const counters =
      'active_anon:1000 inactive_anon:9000 active_file:200 inactive_file:100 unevictable:0 slab_reclaimable:1000 slab_unreclaimable:2000 shmem:100 pagetables:300 free:11072'
    const dump = withMemory(
      { victim: SMALL },
      {
        active_anon: counters,
        ' active_file': null,
        ' slab_': null,
        ' mapped': null,
        ' free:': null,
      }
    )
    // (524158 - 20068 pages) without the counters' 24672.
    assert.match(diagnosisOf(dump).cause, /1\.8 GiB of 2\.0 GiB were in none of the kernel/)
  })

  test('a group full of cached files', () => {
    const dump = withMemory(
      { kind: 'memcg', victim: SMALL },
      { 'file 16384': 'inactive_file 500000000', 'anon ': 'anon 30000000' }
    )
    assert.match(diagnosisOf(dump).cause, /477 MiB of it were cached files/)
  })
})

describe('what the dump does not explain', () => {
  test('a page fault refused although memory was free: no leak is claimed', () => {
    const dump = withMemory(
      { freePages: 400_000 },
      {
        'Node 0 DMA32 free':
          'Node 0 DMA32 free:1580000kB boost:0kB min:44600kB low:55752kB high:66904kB present:2080640kB managed:2001000kB',
      }
    )
    const opener = 'node invoked oom-killer: gfp_mask=0x0(), order=0, oom_score_adj=0'
    const diagnosis = diagnosisOf({ ...dump, opener: [opener] })
    assert.match(diagnosis.cause, /page fault was refused memory although 1\.5 GiB/)
    isSilentOf(diagnosis, /leak/)
  })

  test('swap that is being turned off', () => {
    says(
      diagnosisOf(
        withMemory({}, { 'Free swap': 'Free swap  = -245760kB', 'Total swap': 'Total swap = 0kB' })
      ),
      /swapoff.*240 MiB/
    )
  })

  test('a child of the process that asked (vm.oom_kill_allocating_task)', () => {
    const dump = buildDump()
    const kill = dump.kill[0]!.replace('Out of memory', 'Out of memory (oom_kill_allocating_task)')
    says(diagnosisOf({ ...dump, kill: [kill] }), /chrome, a child of the process that asked/)
  })
})

describe('whose limit', () => {
  test("a control group's own limit: whose, how much, and that nothing is said of the machine's memory", () => {
    const diagnosis = diagnosisOf(buildDump({ kind: 'memcg' }))
    assert.match(diagnosis.cause, /the container abc \(docker\)/)
    assert.match(diagnosis.cause, /512 MiB/)
    assert.match(diagnosis.cause, /limit/)
    assert.match(diagnosis.cause, /chrome/)
    assert.match(diagnosis.cause, /this limit, not the machine’s memory/)
    isSilentOf(diagnosis, /leak in/, /more memory/, /watermark|below the minimum/)
  })

  test('whose share most of it was', () => {
    const victim = { rssPages: 100_000 }
    const most = diagnosisOf(buildDump({ kind: 'memcg', victim }))
    assert.match(most.cause, /chrome held 391 MiB of it \(76 %\) and 187 MiB in swap/)
    const little = diagnosisOf(buildDump({ kind: 'memcg', victim: { rssPages: 1000 } }))
    assert.doesNotMatch(little.cause, /%/)
  })

  test('the limit of memory and swap together (v1), where memory alone has none', () => {
    const dump = withMemory(
      { kind: 'memcg' },
      {
        'memory: ': 'memory: usage 400000kB, limit 9007199254740988kB, failcnt 0',
        'swap: ': 'memory+swap: usage 524288kB, limit 524288kB, failcnt 9',
      }
    )
    const diagnosis = diagnosisOf(dump)
    says(diagnosis, /512 MiB/)
    assert.doesNotMatch(diagnosis.cause, /no limit/)
  })

  test('a cpuset that ran dry, its nodes, and what was free elsewhere', () => {
    const dump = withMemory(
      { kind: 'cpuset', cpuset: 'batch', freePages: 98_112 },
      {
        'Node 0 DMA free': null,
        'Node 0 DMA:': null,
        'Node 0 DMA32 free':
          'Node 0 DMA32 free:44288kB boost:0kB min:44600kB low:55752kB high:66904kB present:2080640kB managed:2001000kB',
      }
    )
    const { cause } = diagnosisOf(dump)
    assert.match(cause, /cpuset batch/)
    assert.match(cause, /node 0/)
    assert.match(cause, /340 MiB .*elsewhere/)
    assert.match(cause, /chrome/)
  })

  test('a cpuset whose machine had nothing free elsewhere either', () => {
    const { cause } = diagnosisOf(buildDump({ kind: 'cpuset', freePages: 10_790 }))
    assert.match(cause, /cpuset/)
    assert.doesNotMatch(cause, /elsewhere/)
  })

  test('a cpuset that has memory free, but in a zone the allocation may not use, is not dry', () => {
    const dump = withMemory(
      { kind: 'cpuset', freePages: 159_849_484 },
      {
        'Node 0 DMA free': null,
        'Node 0 DMA:': null,
        'Node 0 DMA32 free':
          'Node 4 Movable free:130021408kB min:9140kB low:139160kB high:269180kB present:132120576kB managed:132120576kB',
        'Node 0 DMA32:': 'Node 4 Movable: 1*4kB (M) 31743*4096kB (M) = 130021156kB',
      }
    )
    const opener = dump.opener[0]!.replace(
      /gfp_mask=\S+/,
      'gfp_mask=0x500cc2(GFP_HIGHUSER|__GFP_ACCOUNT),'
    )
    const { cause } = diagnosisOf({ ...dump, opener: [opener] })
    assert.doesNotMatch(cause, /ran dry/)
    assert.match(cause, /Movable/)
  })

  test('a memory policy whose nodes ran dry', () => {
    const { cause } = diagnosisOf(buildDump({ kind: 'memory_policy', freePages: 1_378_257 }))
    assert.match(cause, /memory policy/)
    assert.match(cause, /node 0/)
    assert.match(cause, /5\.2 GiB .*elsewhere/)
  })
})

describe('who was it', () => {
  test('a leak: the victim held most of the machine', () => {
    const { cause } = diagnosisOf(buildDump())
    assert.match(cause, /chrome held 2\.0 GiB/)
    assert.match(cause, /2\.0 GiB and 43 MiB free/)
    assert.match(cause, /leak in chrome/)
  })

  test('no leak: the victim held little of the machine', () => {
    const diagnosis = diagnosisOf(buildDump({ victim: SMALL }))
    assert.match(diagnosis.cause, /machine ran out of memory/)
    isSilentOf(diagnosis, /leak/)
  })

  test('a small victim that died for its oom_score_adj', () => {
    const others = [{ comm: 'postgres', pid: 50, rssPages: 400_000, oomScoreAdj: -900 }]
    const diagnosis = diagnosisOf(buildDump({ victim: { ...SMALL, oomScoreAdj: 999 }, others }))
    says(diagnosis, /helper was small.*oom_score_adj/, /999/, /postgres/, /1\.5 GiB/, /-900/)
  })

  for (const [title, scores] of [
    ['equal scores', [0, 0]],
    ['a lower score', [-5, 0]],
  ] as const) {
    test(`nothing of the score: ${title}`, () => {
      const others = [{ comm: 'postgres', pid: 50, rssPages: 400_000, oomScoreAdj: scores[1] }]
      const victim = { ...SMALL, oomScoreAdj: scores[0] }
      isSilentOf(diagnosisOf(buildDump({ victim, others })), /was small/, /died for/)
    })
  }

  test('nothing of the score: the victim was nearly as large as the largest', () => {
    const others = [{ comm: 'postgres', pid: 50, rssPages: 3000, oomScoreAdj: 0 }]
    const victim = { ...SMALL, oomScoreAdj: 999 }
    isSilentOf(diagnosisOf(buildDump({ victim, others })), /was small/, /died for/)
  })

  test('nothing of the score: the victim was the largest, or there is no table', () => {
    isSilentOf(diagnosisOf(buildDump()), /was small/, /died for/)
    const dump = buildDump({ victim: { ...SMALL, oomScoreAdj: 999 } })
    isSilentOf(diagnosisOf({ ...dump, tasks: [] }), /was small/, /oom_score_adj/)
  })

  test('a manual kill is not called a shortage', () => {
    const diagnosis = diagnosisOf(buildDump({ order: -1 }))
    assert.match(diagnosis.cause, /SysRq/i)
    isSilentOf(diagnosis, /leak/, /ran out of memory/, /fragment/)
  })

  test('a group kill: the whole group died', () => {
    const lines = [
      ...linesOf(buildDump({ kind: 'memcg' })),
      'Tasks in /docker/abc are going to be killed due to memory.oom.group set',
    ]
    const { kill, event } = killIn(lines)
    says(diagnose(kill, event.data), /\/docker\/abc.*memory\.oom\.group/)
    isSilentOf(diagnosisOf(buildDump({ kind: 'memcg' })), /oom\.group/)
  })

  test('vm.oom_kill_allocating_task: the victim was not chosen for its size', () => {
    const dump = buildDump({ victim: SMALL, trigger: SMALL })
    const kill = dump.kill[0]!.replace(
      'Out of memory:',
      'Out of memory (oom_kill_allocating_task):'
    )
    const diagnosis = diagnosisOf({ ...dump, kill: [kill] })
    says(diagnosis, /oom_kill_allocating_task/)
    isSilentOf(diagnosis, /oom_score_adj/)
    isSilentOf(diagnosisOf(dump), /oom_kill_allocating_task/)
  })
})

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

describe('silence', () => {
  test('of a lonely kill line nothing is said about memory, swap, limits and others', () => {
    const { kill, event } = killIn([killLine()])
    const diagnosis = diagnose(kill, event.data)
    assert.match(diagnosis.cause, /chrome held 2\.0 GiB/)
    isSilentOf(diagnosis, /swap/, /leak in/, /hit its/, /fragment/, /was small/, /minimum/, /SysRq/)
  })

  test("of a group's lonely kill line only that it was the group's limit", () => {
    const { kill, event } = killIn([killLine({ kind: 'memcg' })])
    const diagnosis = diagnose(kill, event.data)
    assert.match(diagnosis.cause, /control group/)
    isSilentOf(diagnosis, /swap/, /\d %/, /fragment/, /was small/, /minimum/)
  })

  test('no sentence ever holds undefined, NaN or Infinity', () => {
    for (const kind of ['none', 'memcg', 'cpuset', 'memory_policy'] as const) {
      const lines = linesOf(buildDump({ kind, order: 2, counters: 'records' }))
      for (let start = 0; start < lines.length; start++) {
        for (const kept of [lines.slice(start), lines.toSpliced(start, 1)]) {
          const kills = explain(kept).filter(one => one.type === 'kill')
          for (const { kill, event } of kills) {
            assert.doesNotMatch(whole(diagnose(kill, event.data)), /undefined|NaN|Infinity|null/)
          }
        }
      }
    }
  })
})

describe('the report', () => {
  const report = (dump: Dump): string => killReport(killIn(linesOf(dump)), 1, PLAIN)

  test('names the victim, the trigger, the largest tasks and the machine', () => {
    const text = report(buildDump())
    for (const part of [
      /chrome \(pid 4711\)/,
      /node \(pid 812345\)/,
      /Web Content \(4720\)/,
      /43 MiB/,
    ]) {
      assert.match(text, part)
    }
    assert.doesNotMatch(text, /partial/)
  })

  test("says that it is partial, and nothing of a machine's memory it does not know", () => {
    const text = killReport(killIn([killLine()]), 1, PLAIN)
    assert.match(text, /partial/)
    assert.doesNotMatch(text, /machine +\d|0 KiB free/)
  })

  test('free memory that the dump does not state is not shown as 0', () => {
    const text = report(withMemory({}, { ' free:': null }))
    assert.match(text, /2\.0 GiB/)
    assert.doesNotMatch(text, /0 KiB free/)
  })

  test('names both groups where the victim lived below the limit', () => {
    const text = report(buildDump({ kind: 'memcg', oomMemcg: '/pod', taskMemcg: '/pod/c' }))
    assert.match(text, /\/pod$/m)
    assert.match(text, /\/pod\/c$/m)
  })

  const EVIL = '\x1b]0;x\x07\x1b[2J'

  test('terminal escapes in names and paths are made visible', () => {
    const dump = buildDump({
      kind: 'memcg',
      victim: { comm: EVIL },
      trigger: { comm: EVIL, pid: 4711 },
      others: [{ comm: EVIL, pid: 1, rssPages: 1 }],
      oomMemcg: `/a${EVIL}`,
      taskMemcg: `/a${EVIL}/b\x9b31m`,
    })
    const lines = [
      ...linesOf(dump),
      `Tasks in /a${EVIL} are going to be killed due to memory.oom.group set`,
    ]
    const text = killReport(killIn(lines), 1, PLAIN)
    assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
    assert.match(text, /\\x1b\[2J/)
    const cpuset = report(buildDump({ kind: 'cpuset', cpuset: EVIL }))
    assert.doesNotMatch(cpuset, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
  })

  test('a newline in a name adds no line to the report', () => {
    const lineCount = (comm: string): number =>
      report(buildDump({ victim: { comm } })).split('\n').length
    assert.equal(lineCount('a\nb'), lineCount('a b'))
  })

  test('directional marks in names, which reorder the line, are made visible', () => {
    const comm = Buffer.from('a\u202eb\u2066', 'utf8').toString('latin1')
    assert.doesNotMatch(report(buildDump({ victim: { comm } })), /[\u202a-\u202e\u2066-\u2069]/)
  })

  for (const [title, ending, said] of [
    ['no killable process', 'Out of memory and no killable processes...', /no process to kill/],
    [
      'panic_on_oom',
      'Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled',
      /panic_on_oom/,
    ],
    ['a cut log', 'usb 1-1: hello', /no kill/],
  ] as const) {
    test(`a dump without a kill: ${title}`, () => {
      const dump = buildDump({ trigger: { comm: EVIL, pid: 3 } })
      const [outcome] = explain([...linesOf({ ...dump, structured: [], kill: [] }), ending])
      assert.ok(outcome !== undefined && outcome.type !== 'kill')
      const text = noKillReport(outcome, PLAIN)
      assert.match(text, said)
      assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
    })
  }
})
