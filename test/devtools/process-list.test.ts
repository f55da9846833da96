/** Which renderer is gone, and when that is not certain. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProcessList } from '../../plugin/devtools/process-list.ts'

const BROWSER = { type: 'browser', id: 1 }
const renderers = (...ids: number[]) => ({
  processInfo: [BROWSER, ...ids.map(id => ({ type: 'renderer', id, cpuTime: 0 }))],
})

function listOf(...ids: number[]): ProcessList {
  const list = new ProcessList()
  list.begin()(renderers(...ids), 0)
  return list
}

test('the one renderer that is gone', () => {
  const list = listOf(10, 11, 12)
  assert.equal(list.browserPid, 1)
  assert.deepEqual(list.begin()(renderers(10, 12), 1000), [
    { pid: 11, type: 'renderer', atMs: 1000 },
  ])
  assert.equal(list.vanishedRenderer(1000), 11)
  assert.equal(list.vanishedRenderer(1100), 11, 'for another page of it')
  assert.equal(list.vanishedRenderer(1300), undefined, 'for one that dies later it says nothing')
})

test('of two that are gone it is neither', () => {
  const list = listOf(10, 11, 12)
  list.begin()(renderers(12), 1000)
  assert.equal(list.vanishedRenderer(1000), undefined)
  const other = listOf(10, 11, 12)
  other.begin()(renderers(10, 12), 1000)
  other.begin()(renderers(12), 1100)
  assert.equal(other.vanishedRenderer(1100), undefined)
})

test('a list from before the last change does not tell: who died may never have been in it', () => {
  const list = listOf(10, 11)
  list.change()
  list.begin()(renderers(10), 1000)
  assert.equal(list.vanishedRenderer(1000), undefined)
  list.begin()(renderers(10), 2000)
  list.begin()(renderers(), 3000)
  assert.equal(list.vanishedRenderer(3000), 10, 'once it is whole again it does')
})

test('a change while the list is asked for leaves it not whole', () => {
  const list = listOf(10)
  const take = list.begin()
  list.change()
  take(renderers(10, 11), 1000)
  assert.equal(list.isWhole, false)
})

test('other processes are no renderers; what is no list changes nothing', () => {
  const list = new ProcessList()
  list.begin()({ processInfo: [BROWSER, { type: 'GPU', id: 5 }] }, 0)
  for (const answer of [undefined, null, {}, { processInfo: 1 }]) list.begin()(answer, 10)
  assert.equal(list.browserPid, 1)
  list.begin()({ processInfo: [BROWSER, { id: -1, type: 'x' }, { id: 'y' }, null].slice(0, 3) }, 20)
  assert.equal(list.vanishedRenderer(20), undefined)
})
