/**
 * Advice goes no further than the evidence: for each thing that may be said the dump that allows it,
 * and for each that must not be, the dump that does not.
 */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Diagnosis, diagnose } from '../../plugin/diagnosis/diagnosis.ts'
import { type ExplainedKill, LogExplainer } from '../../plugin/explain/log-explainer.ts'
import { buildDump, type Dump, killLine, linesOf, recordsOf, toKmsg } from '../oom/dump-builder.ts'

function diagnosesOf(lines: readonly string[]): Diagnosis[] {
  const kills: ExplainedKill[] = []
  const explainer = new LogExplainer(one => {
    if (one.type === 'kill') kills.push(one)
  })
  for (const record of recordsOf(lines)) explainer.push(toKmsg(record).slice(0, -1))
  explainer.end()
  return kills.map(({ kill, event, context }) => diagnose(kill, event.data, context))
}

const diagnosisOf = (lines: readonly string[]): Diagnosis => diagnosesOf(lines).at(-1)!
const adviceOf = (lines: readonly string[]): string => diagnosisOf(lines).next.join('\n')
const all = ({ cause, evidence, next }: Diagnosis): string =>
  [cause, ...evidence, ...next].join('\n')

const TINY = {
  comm: 'netifd',
  pid: 1039,
  rssPages: 38,
  totalVmPages: 420,
  swapPages: 0,
  pgtablesBytes: 4096,
}

/** The dump with the counters and zones of a machine whose memory is mostly free. */
function mostlyFree(dump: Dump): Dump {
  return {
    ...dump,
    memory: dump.memory.map(line =>
      line.startsWith('Node 0 DMA32 free:')
        ? line.replace('free:36000kB', 'free:1192000kB')
        : line.replace('\n free:11072 ', '\n free:300000 ')
    ),
  }
}

describe('why somebody held so much', () => {
  test('is asked of a victim that held most of the machine, and of one of a group', () => {
    assert.match(adviceOf(linesOf(buildDump())), /find out why chrome held 2\.0 GiB/)
    const victim = { rssPages: 100_000, swapPages: 0 }
    assert.match(
      adviceOf(linesOf(buildDump({ kind: 'memcg', victim }))),
      /find out why chrome held 391 MiB/
    )
  })

  test('is not asked of one that held next to nothing, nor is more memory advised for it', () => {
    for (const kind of ['none', 'memcg'] as const) {
      const advice = adviceOf([killLine({ kind, victim: TINY })])
      assert.doesNotMatch(advice, /why netifd|netifd needs|more memory|grow/)
      assert.match(advice, /whole report|too little/)
    }
  })

  test('is asked of whom the table shows, not of a small victim', () => {
    const others = [{ comm: 'data_sim', pid: 50, rssPages: 110_000, oomScoreAdj: -998 }]
    const advice = adviceOf(linesOf(buildDump({ kind: 'memcg', victim: TINY, others })))
    assert.match(advice, /find out why data_sim held 430 MiB/)
    assert.doesNotMatch(advice, /netifd/)
  })
})

describe('more memory', () => {
  test('is advised where the machine was short and processes held it', () => {
    assert.match(adviceOf(linesOf(buildDump())), /the machine more memory/)
  })

  test('of WSL and of Docker Desktop is what their settings give', () => {
    const on = (release: string): string => {
      const dump = buildDump()
      return adviceOf(
        linesOf({ ...dump, cpu: dump.cpu.map(line => line.replace('6.12.9', release)) })
      )
    }
    assert.match(on('5.15.90.1-microsoft-standard-WSL2'), /\.wslconfig/)
    assert.match(on('6.6.12-linuxkit'), /Docker Desktop/)
    assert.doesNotMatch(on('6.12.9'), /wslconfig|Docker Desktop/)
  })

  test("is not advised for a group's limit, nor where memory was free", () => {
    assert.doesNotMatch(adviceOf(linesOf(buildDump({ kind: 'memcg' }))), /more memory/)
    assert.doesNotMatch(adviceOf(linesOf(mostlyFree(buildDump()))), /more memory/)
  })
})

describe('which setting', () => {
  const limitOf = (path: string): string =>
    adviceOf(linesOf(buildDump({ kind: 'memcg', oomMemcg: path, taskMemcg: path })))

  test("a service's is MemoryMax=, also inside a guest, and no container's", () => {
    for (const path of ['/system.slice/app.service', '/lxc/703/ns/system.slice/app.service']) {
      assert.match(limitOf(path), /MemoryMax= of app\.service/)
      assert.doesNotMatch(limitOf(path), /docker|resources\.limits|pct|container/)
    }
  })

  test("of all pods together it is the node's, and of a QoS class the kubelet's", () => {
    for (const path of [
      '/kubepods.slice',
      '/kubepods',
      '/kubepods.slice/kubepods-burstable.slice',
    ]) {
      assert.doesNotMatch(limitOf(path), /resources\.limits\.memory/)
      assert.match(limitOf(path), /kubelet/)
      const { cause } = diagnosisOf(linesOf(buildDump({ kind: 'memcg', oomMemcg: path })))
      assert.match(cause, /all (?:Burstable )?pods of this node/)
    }
  })

  test('is not named for memory that the kernel itself holds: a higher limit fills, too', () => {
    const dump = buildDump({ kind: 'memcg', victim: TINY })
    const memory = dump.memory.map(line =>
      line.startsWith('slab ') ? `slab ${500_000 * 1024}` : line
    )
    const advice = adviceOf(linesOf({ ...dump, memory }))
    assert.match(advice, /slabtop/)
    assert.doesNotMatch(advice, /raise the limit/)
  })
})

describe('memory that was free', () => {
  const later = linesOf(
    mostlyFree(buildDump({ victim: { comm: 'java', pid: 1089, rssPages: 45_000 } }))
  )

  test('again after another kill: the second is called needless, and nobody is asked why', () => {
    const before = killLine({ victim: { comm: 'a.out', pid: 3359 } })
    const diagnosis = diagnosisOf([before, ...later])
    assert.match(diagnosis.cause, /memory was free again/)
    assert.match(diagnosis.cause, /a\.out, killed just before with 2\.0 GiB/)
    assert.doesNotMatch(all(diagnosis), /why java|ran out of memory|leak/)
    assert.match(diagnosis.next.join(), /the kill of a\.out/)
  })

  test('again, with no kill before it in the log', () => {
    const diagnosis = diagnosisOf(later)
    assert.match(diagnosis.cause, /memory was free again/)
    assert.doesNotMatch(all(diagnosis), /killed just before/)
  })

  test('in another zone: the reserve of DMA is no shortage', () => {
    assert.doesNotMatch(all(diagnosisOf(later)), /below the minimum/)
  })

  test('and a page fault refused: what was said just before is told', () => {
    const dump = mostlyFree(buildDump())
    const opener = 'python3 invoked oom-killer: gfp_mask=0x0(), order=0, oom_score_adj=0'
    const lines = linesOf({ ...dump, opener: [opener] })
    const slub = 'SLUB: Unable to allocate memory on node -1, gfp=0x6000c0(GFP_KERNEL)'
    const told = diagnosisOf([slub, ...lines])
    assert.match(told.evidence.join('\n'), /SLUB: Unable to allocate memory on node -1/)
    assert.match(told.next.join(), /allocations failed/)
    const silent = diagnosisOf(lines)
    assert.match(silent.cause, /page fault was refused/)
    assert.doesNotMatch(all(silent), /SLUB|below the minimum|why chrome/)
  })
})

describe('of the victim', () => {
  test('what it consisted of, and its swap', () => {
    assert.match(
      all(diagnosisOf(linesOf(buildDump()))),
      /what chrome held: 672 MiB anonymous, 672 MiB of files, 672 MiB shared; beside it 187 MiB in swap/
    )
  })

  test('its address space is no memory, where it is far larger', () => {
    assert.match(all(diagnosisOf(linesOf(buildDump()))), /total-vm of 8\.8 GiB is address space/)
    const victim = { totalVmPages: 600_000 }
    assert.doesNotMatch(all(diagnosisOf(linesOf(buildDump({ victim })))), /address space/)
  })

  test('where it lived, where that is not the group whose limit it was', () => {
    const inside = buildDump({
      kind: 'memcg',
      oomMemcg: '/lxc/703',
      taskMemcg: '/lxc/703/ns/system.slice/a.service',
    })
    assert.match(
      all(diagnosisOf(linesOf(inside))),
      /chrome was in the service a\.service in the LXC guest 703/
    )
    const same = buildDump({ kind: 'memcg', oomMemcg: '/lxc/703', taskMemcg: '/lxc/703' })
    assert.doesNotMatch(all(diagnosisOf(linesOf(same))), /chrome was in/)
  })

  test('that it was the only process of its group', () => {
    const alone = { kind: 'memcg', oomMemcg: '/a', taskMemcg: '/a', others: [] } as const
    assert.match(all(diagnosisOf(linesOf(buildDump(alone)))), /only process of the group/)
    assert.doesNotMatch(
      all(diagnosisOf(linesOf(buildDump({ ...alone, others: undefined })))),
      /only process/
    )
  })

  test('why it was this one: the highest score, its adjustment, and who was next', () => {
    const { evidence } = diagnosisOf(linesOf(buildDump()))
    const reason = evidence.find(line => line.includes('highest score'))
    assert.match(reason ?? '', /of 7 processes/)
    assert.match(reason ?? '', /oom_score_adj of 300 counts like 647 MiB more/)
    assert.match(reason ?? '', /next was Web Content/)
  })

  test('nothing of a score where the table was not whole, or another had a higher one', () => {
    const dump = buildDump()
    const cut = { ...dump, tasks: [] }
    assert.doesNotMatch(all(diagnosisOf(linesOf(cut))), /score/)
    const others = [{ comm: 'other', pid: 50, rssPages: 515_000, oomScoreAdj: 900 }]
    const outscored = all(diagnosisOf(linesOf(buildDump({ others }))))
    assert.doesNotMatch(outscored, /highest score/)
  })

  test('all protected alike: size did not count', () => {
    const others = [{ comm: 'data_sim', pid: 50, rssPages: 110_000, oomScoreAdj: -998 }]
    const victim = { ...TINY, oomScoreAdj: -998 }
    assert.match(
      all(diagnosisOf(linesOf(buildDump({ kind: 'memcg', victim, others })))),
      /no process had a score above the lowest/
    )
  })

  test('a trigger that no table lists is a thread, of the only process where there is one', () => {
    const trigger = { comm: 'ThreadPoolForeg', pid: 4800 }
    assert.match(
      all(diagnosisOf(linesOf(buildDump({ trigger })))),
      /ThreadPoolForeg \(4800\), which asked for memory, is a thread: no process/
    )
    assert.match(
      all(diagnosisOf(linesOf(buildDump({ trigger, others: [] })))),
      /is a thread, of chrome \(4711\)/
    )
    const listed = { comm: 'systemd', pid: 1 }
    assert.doesNotMatch(all(diagnosisOf(linesOf(buildDump({ trigger: listed })))), /thread/)
  })
})
