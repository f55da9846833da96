/**
 * A slow serial console stretches a dump: the kernel prints on at the console's pace, with its OOM lock held.
 * On the real device, with the device's own stamps, a dump of half a minute is one kill with all its figures.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import type { EventEnvelope, OomKillData } from '../../generated/types.ts'
import { sysmonPlugin } from '../../plugin/index.ts'
import { SILENCE_US } from '../../plugin/oom/section.ts'
import { allowWrites, inject, killLine } from '../support/kernel-log.ts'
import { whyNoOomKills } from '../support/oom.ts'
import { PATIENCE_MS } from '../support/wait.ts'

/** Longer than the silence after which a line must prove that it is the dump's. */
const PAUSE_MS = 13_000

test(
  'a dump that pauses for 13 s within its table, and again before its kill',
  {
    skip: whyNoOomKills() ?? false,
  },
  async t => {
    assert.ok(PAUSE_MS * 1000 > SILENCE_US)
    allowWrites(t)
    const app = Fastify()
    t.after(() => app.close())
    await app.register(sysmonPlugin)
    await app.ready()
    const { line, pid } = killLine()
    const comm = `slow-${pid}`
    const events: EventEnvelope[] = []
    app.sysmon.subscribe(envelope => events.push(envelope))
    const ofOurs = (): OomKillData[] =>
      events
        .filter(({ event }) => event.type === 'system_oom_kill')
        .map(({ event }) => event.data as OomKillData)
        .filter(data => data.pid === pid)

    inject(
      `${comm} invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=300`,
      `CPU: 1 UID: 1000 PID: ${pid} Comm: ${comm} Not tainted 6.12.0 #1`,
      'Mem-Info:',
      'active_anon:1413442 inactive_anon:1509191 isolated_anon:0',
      ' free:4352 free_pcp:0 free_cma:0',
      'Node 0 DMA: 1*4kB (U) 0*8kB = 4kB',
      '524288 pages RAM',
      'Tasks state (memory values in pages):',
      '[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name',
      '[    812]     0   812      100       50       50        0         0     4096        0             0 Xvfb :1'
    )
    await sleep(PAUSE_MS)
    inject(
      `[${pid}]  1000 ${pid}      250      158      150        7         1     8192        3           300 chromium`,
      `oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=chromium,pid=${pid},uid=1000`
    )
    await sleep(PAUSE_MS)
    assert.deepEqual(ofOurs(), [], 'nobody was killed yet')
    inject(line)
    for (let tries = 0; ofOurs().length === 0 && tries < PATIENCE_MS / 10; tries++) await sleep(10)

    const [data, ...others] = ofOurs()
    assert.deepEqual(others, [])
    assert.ok(data)
    const { trigger_process_name, trigger_pid, mem_total_kb, mem_free_kb, top_tasks } = data
    assert.deepEqual(
      { trigger_process_name, trigger_pid, mem_total_kb, mem_free_kb, top_tasks },
      {
        trigger_process_name: comm,
        trigger_pid: pid,
        mem_total_kb: 2_097_152,
        mem_free_kb: 17_408,
        top_tasks: [
          { pid, name: 'chromium', rss_kb: 632, role: 'renderer', inferred: true },
          { pid: 812, name: 'Xvfb :1', rss_kb: 200 },
        ],
      }
    )
    const envelope = events.find(({ event }) => (event.data as OomKillData).pid === pid)
    assert.equal(envelope?.event.source.metadata?.partial, undefined)
  }
)
