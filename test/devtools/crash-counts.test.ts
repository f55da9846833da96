/** Which of its own processes a browser counted as crashed, by histograms as Chromium 156 answered them. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { childCrashedEvent, childCrashes } from '../../plugin/devtools/child-crash.ts'
import { countsOf, crashesBetween } from '../../plugin/devtools/crash-counts.ts'

const histogram = (name: string, ...values: [low: number, count: number][]) => ({
  name,
  sum: 1,
  count: 1,
  buckets: values.map(([low, count]) => ({ low, high: low + 1, count })),
})
const counts = (...histograms: object[]) => countsOf([{ histograms }])

const NOTHING = counts()
const GPU = [
  histogram('ChildProcess.Crashed2', [9, 1]),
  histogram('GPU.GPUProcessExitCode', [11, 1]),
]

test('a GPU process by its signal, with the pid of the only one that is gone', () => {
  const crashes = crashesBetween(NOTHING, counts(...GPU))
  assert.deepEqual(crashes, [{ role: 'gpu', kind: 'crashed', signal: 'SIGSEGV' }])
  const gone = [
    { pid: 7, type: 'GPU' },
    { pid: 8, type: 'storage.mojom.StorageService' },
  ]
  const [crash] = childCrashes(crashes, gone)
  assert.deepEqual(childCrashedEvent(crash!, 5).data, { pid: 7, signal: 'SIGSEGV', role: 'gpu' })
})

test('what was counted before is not counted again; what only ended is not counted', () => {
  assert.deepEqual(crashesBetween(counts(...GPU), counts(...GPU)), [])
  assert.deepEqual(crashesBetween(counts(...GPU), NOTHING), [], 'a browser that forgets')
})

test('utilities: whose name is known, and whose is not', () => {
  const after = counts(
    histogram('ChildProcess.Crashed2', [6, 1]),
    histogram('ChildProcess.Crashed.UtilityProcessExitCode', [6, 1])
  )
  const crashes = crashesBetween(NOTHING, after)
  const network = { pid: 7, type: 'network.mojom.NetworkService' }
  const [one] = childCrashes(crashes, [network])
  assert.deepEqual(childCrashedEvent(one!, 5).data, { pid: 7, signal: 'SIGABRT', role: 'network' })
  const [either] = childCrashes(crashes, [network, { pid: 8, type: 'audio.mojom.AudioService' }])
  assert.deepEqual(childCrashedEvent(either!, 5).data, {
    pid: undefined,
    signal: 'SIGABRT',
    role: 'utility',
  })
})

test('two of different signals have none; a killed one is no crash', () => {
  const after = counts(
    histogram('ChildProcess.Crashed2', [6, 2]),
    histogram('ChildProcess.Killed2', [6, 1], [9, 1]),
    histogram('ChildProcess.Crashed.UtilityProcessExitCode', [6, 1], [11, 1])
  )
  const crashes = childCrashes(crashesBetween(NOTHING, after), [])
  assert.deepEqual(
    crashes.map(({ crash }) => crash),
    [
      { role: 'utility', kind: 'crashed', signal: undefined },
      { role: 'utility', kind: 'crashed', signal: undefined },
    ]
  )
})

test('answers of any form are survived', () => {
  for (const answer of [undefined, null, 1, {}, { histograms: 'x' }, { histograms: [{}] }]) {
    assert.deepEqual(crashesBetween(NOTHING, countsOf([answer])), [])
  }
  const huge = counts(histogram('ChildProcess.Crashed2', [9, 2 ** 50]))
  assert.equal(crashesBetween(NOTHING, huge).length, 100)
})
