/** Whose kill it was: of the container that tells it, or of another on the same kernel. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { OomKillData } from '../../generated/types.ts'
import type { SseClient } from '../support/sse-client.ts'
import { PATIENCE_MS, sleep } from '../support/wait.ts'
import { buildImage } from './support/build.ts'
import { type Container, startContainer } from './support/container.ts'
import { whyNoImages } from './support/engine.ts'
import { killsOf, untilKill } from './support/expect.ts'
import { printedTable } from './support/table.ts'

const table = printedTable('Whose kill')
const skip = whyNoImages() ?? false
const HOG = 'echo 900 > /proc/self/oom_score_adj; exec tail /dev/zero'

describe('whose kill', { skip }, () => {
  for (const cgroupns of ['private', 'host']) {
    test(`in_container, and SYSMON_SCOPE=container (cgroup namespace: ${cgroupns})`, async t => {
      const image = buildImage('headless', 'telemetry')
      const start = (...args: string[]) =>
        startContainer(t, image, { args: ['--memory', '256m', '--cgroupns', cgroupns, ...args] })
      const open = await start()
      const closed = await start('--env', 'SYSMON_SCOPE=container')
      const atOpen = await open.events(t)
      const atClosed = await closed.events(t)
      const own = await untilKill(open, atOpen, () => grow(open))
      assert.equal(own.in_container, true)
      const other = await untilKill(closed, atClosed, () => grow(closed))
      assert.equal(other.in_container, true)
      const seen = () => killsOf(atOpen, closed.id) as unknown as OomKillData[]
      await atOpen.until(() => seen().length > 0, 'the other’s kill', PATIENCE_MS)
      for (const kill of seen()) assert.equal(kill.in_container, false)
      await sleep(1000)
      assert.deepEqual(killsOf(atClosed, open.id), [])
      for (const kill of kills(atClosed)) assert.equal(kill.in_container, true)
      table.row(`cgroup namespace ${cgroupns}`, `${own.task_memcg}: ours, ${other.task_memcg}: not`)
    })
  }
})

async function grow(container: Container): Promise<void> {
  await container.sh(HOG).catch(() => {})
}

function kills(client: SseClient): OomKillData[] {
  return client.events
    .filter(({ envelope }) => envelope.event.type === 'system_oom_kill')
    .map(({ envelope }) => envelope.event.data as OomKillData)
}
