/**
 * The sentences: for each thing that may be behind a kill the dump that shows it, and silence for
 * the dump that does not. What is asserted are names, figures and the verdict, not the wording.
 */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { diagnose } from '../../plugin/diagnosis/diagnosis.ts'
import { buildDump, killLine, linesOf } from '../oom/dump-builder.ts'

import {
  diagnosisOf,
  explain,
  isSilentOf,
  killIn,
  SMALL,
  says,
  whole,
  withMemory,
} from './diagnosed.ts'

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
