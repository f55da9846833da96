/**
 * The API killed with -9 at random moments while the kernel kills processes and crashes are posted:
 * every kill and every crash reaches each of several clients once and in order. SYSMON_KILLS sets how
 * often it is killed (`npm run soak` takes 200).
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventEnvelope, OomKillData } from '../../generated/types.ts'
import { startMortalApi } from '../support/mortal-api.ts'
import { memoryGroup, oomKill, whyNoOomKills } from '../support/oom.ts'
import { postJson } from '../support/post-json.ts'

const KILLS = Number(process.env.SYSMON_KILLS ?? 20)
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

const pidOf = ({ event }: EventEnvelope): number | undefined =>
  event.type === 'system_oom_kill' ? (event.data as OomKillData).pid : undefined
const serialOf = ({ event }: EventEnvelope): string | undefined =>
  event.type === 'service_crashed' ? event.source.metadata?.supervisor_serial : undefined

/** Posts a crash as the shim does: again, until the API has taken it. @throws after a minute */
async function postCrash(url: string, serial: number): Promise<void> {
  const crash = {
    type: 'service_crashed',
    source: {
      kind: 'local_process',
      event: 'service.crashed',
      metadata: { supervisor_instance: 'one', supervisor_serial: String(serial) },
    },
    data: { service_name: 'chromium', phase: 'running', pid: 1 + serial },
  }
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline) {
    const answer = await postJson(`${url}/telemetry/events`, crash).catch(() => undefined)
    if (answer?.status === 200) return
    await pause(20)
  }
  throw new Error(`the API did not take crash ${serial} within a minute`)
}

test(`killed ${KILLS} times`, { skip: whyNoOomKills() ?? false }, async t => {
  const api = await startMortalApi(t, { consumers: 3, env: {} })
  const group = memoryGroup(t, `sysmon-kills-${process.pid}`, 16 * 1024)
  const killing = api.killAtRandom(100)
  const pids: number[] = []
  let serials = 0
  let isOver = false
  const posting = (async () => {
    while (!isOver) await postCrash(api.url, serials++)
  })()
  while (killing.count() < KILLS) {
    pids.push(await oomKill(t, group, 'renderer'))
    // A dump is some 100 records: the kernel's ring must not be full before the server is back.
    await pause(Math.random() * 100)
  }
  await killing.stop()
  isOver = true
  await posting

  const isWhole = (received: readonly EventEnvelope[]) => {
    const got = new Set(received.map(pidOf))
    const last = received.findLast(envelope => serialOf(envelope) !== undefined)
    return pids.every(pid => got.has(pid)) && Number(last && serialOf(last)) >= serials - 1
  }
  for (let tries = 0; !api.consumers.every(isWhole) && tries < 200; tries++) await pause(100)
  // What came twice would come now; and the kernel prints ten dumps in five seconds at most: the next
  // test needs one.
  await pause(6000)

  t.diagnostic(
    `${killing.count()} kills of the API, ${pids.length} of the kernel, ${serials} crashes`
  )
  for (const received of api.consumers) {
    const seqs = received.map(({ seq }) => seq)
    assert.deepEqual(
      seqs,
      [...new Set(seqs)].sort((a, b) => a - b),
      'in order, and none twice'
    )
    const own = received.map(pidOf).filter(pid => pid !== undefined && pids.includes(pid))
    const gaps = received.filter(({ event }) => event.type === 'telemetry_gap')
    assert.deepEqual(
      own,
      pids,
      `every kill once; gaps: ${JSON.stringify(gaps.map(({ event }) => event.data))}`
    )
    assert.deepEqual(
      received.map(serialOf).filter(serial => serial !== undefined),
      Array.from({ length: serials }, (_, serial) => String(serial)),
      'every crash once'
    )
  }
})
