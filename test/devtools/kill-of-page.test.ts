/** Which kill took a page: by pid where the pids are the kernel's, else the only one that it can be, else none. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultOf, killOfPage } from '../../plugin/devtools/kill-of-page.ts'
import { RecentDeaths } from '../../plugin/stream/recent-deaths.ts'

const SECOND_US = 1_000_000
const AT = 100 * SECOND_US

function killsOf(...all: [seq: number, pid: number, ts: number, score?: number][]): RecentDeaths {
  const kills = new RecentDeaths()
  for (const [seq, pid, ts, oom_score_adj] of all) {
    kills.add({ seq, pid, ts, process_name: 'chromium', oom_score_adj })
  }
  return kills
}

const renderer = (pid: number | undefined) => ({ ts: AT, pid, browserPid: 1 })
const shared = () => true
const apart = () => false

test('where pids are the same, the kill of its pid, also some seconds before', async () => {
  const kills = killsOf(
    [1, 7, AT - 20 * SECOND_US, 300],
    [2, 7, AT - 5 * SECOND_US, 300],
    [3, 8, AT, 300]
  )
  assert.equal(await killOfPage(kills, shared)(renderer(7)), 2)
  assert.equal(await killOfPage(kills, shared)(renderer(8)), 3)
  assert.equal(await killOfPage(kills, shared)(renderer(9)), undefined)
})

test('where they are not, the only kill of a renderer in two seconds; of two it is neither', async () => {
  const one = killsOf([1, 4711, AT - SECOND_US, 300], [2, 4712, AT - SECOND_US, 0])
  assert.equal(await killOfPage(one, apart)(renderer(7)), 1)
  const two = killsOf([1, 4711, AT - SECOND_US, 300], [2, 4712, AT - SECOND_US, 300])
  assert.equal(await killOfPage(two, apart)(renderer(7)), undefined)
  const old = killsOf([1, 4711, AT - 3 * SECOND_US, 300])
  assert.equal(await killOfPage(old, apart)(renderer(7)), undefined)
})

test('where several renderers vanished nothing is certain', async () => {
  const kills = killsOf([1, 7, AT, 300])
  assert.equal(await killOfPage(kills, shared)(renderer(undefined)), undefined)
  assert.equal(await killOfPage(kills, apart)(renderer(undefined)), undefined)
})

test('the kernel log may be a moment behind the browser, and is not waited for longer', async () => {
  const kills = killsOf()
  const found = killOfPage(kills, shared)(renderer(7))
  setTimeout(() => kills.add({ seq: 5, pid: 7, ts: AT - 1000, process_name: 'chromium' }), 30)
  assert.equal(await found, 5)
  const before = performance.now()
  assert.equal(await killOfPage(killsOf(), shared)(renderer(7)), undefined)
  assert.ok(performance.now() - before < 20_000)
})

test('a fault that the kernel logged is found by pid, or not at all', () => {
  const crashes = killsOf([4, 7, AT])
  assert.equal(faultOf(crashes, shared)(renderer(7)), 4)
  assert.equal(faultOf(crashes, shared)(renderer(8)), undefined)
  assert.equal(faultOf(crashes, apart)(renderer(7)), undefined)
})
