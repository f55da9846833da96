/** What is made of one connection to a browser, whatever its age. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import type { ProcessCrashedData } from '../../generated/types.ts'
import { BrowserWatch } from '../../plugin/devtools/browser-watch.ts'
import { findEndpoint } from '../../plugin/devtools/endpoint.ts'
import { startApp } from '../support/app.ts'
import { waitFor } from '../support/wait.ts'
import { created, fakeBrowser } from './fake-browser.ts'

test('a browser of before 2022, which knows no filter, is watched without one', async t => {
  const browser = await fakeBrowser(t, ({ id, params }, socket) => {
    if (params?.filter === undefined) return {}
    socket.send(JSON.stringify({ id, error: { code: -32602, message: 'Invalid parameters' } }))
    return undefined
  })
  const app = await startApp(t, { devtools: browser.url })
  const isWatching = () => app.sysmon.health().devtools?.state === 'watching'
  await waitFor(isWatching, 'watching', () => app.sysmon.health().devtools?.error ?? '')
  assert.deepEqual(
    browser.calls
      .filter(({ method }) => method === 'Target.setDiscoverTargets')
      .map(({ params }) => Object.keys(params)),
    [['discover', 'filter'], ['discover']]
  )
})

test('the crash of a process of the browser of which the kernel tells is not told twice', async t => {
  const processInfo = [
    { id: 1, type: 'browser' },
    { id: 8, type: 'storage.mojom.StorageService' },
    { id: 9, type: 'GPU' },
  ]
  let histograms: object[] = []
  const browser = await fakeBrowser(t, ({ method }) =>
    method === 'SystemInfo.getProcessInfo' ? { processInfo } : { histograms }
  )
  const signal = new AbortController().signal
  const { webSocketUrl } = await findEndpoint(browser.url, signal)
  const crashes: unknown[] = []
  const watch = await BrowserWatch.open(webSocketUrl, signal, {
    addresses: 'path',
    log: pino({ level: 'silent' }),
    onCrash: ({ data }) => crashes.push((data as ProcessCrashedData).pid),
    findKill: async () => undefined,
    findFault: ({ pid }) => (pid === 9 ? 7 : undefined),
    onClose: () => {},
  })
  t.after(() => watch?.close())
  // Both crash.
  processInfo.length = 1
  const buckets = [6, 9].map(low => ({ low, high: low + 1, count: 1 }))
  histograms = [{ name: 'ChildProcess.Crashed2', buckets }]
  browser.sockets[0]!.send(created('A'))
  await waitFor(() => crashes.length > 0, 'the crash that the kernel did not log')
  assert.deepEqual(crashes, [8])
})
