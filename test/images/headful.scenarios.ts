/** What the headful image reports beside what the headless one does: its desktop. */

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { PATIENCE_MS, sleep, waitFor } from '../support/wait.ts'
import { buildImage } from './support/build.ts'
import { startContainer } from './support/container.ts'
import { growRenderer } from './support/devtools.ts'
import { whyNoImages } from './support/engine.ts'
import { crashes, isCrashOf, untilKill } from './support/expect.ts'
import { printedTable } from './support/table.ts'

const table = printedTable('The headful image')
const skip = whyNoImages() ?? false
let image = ''

describe('the headful image', { skip, concurrency: 2 }, () => {
  before(() => {
    image = buildImage('headful')
  })

  test('8: mutter aborts, and comes back', async t => {
    const container = await startContainer(t, image)
    const events = await container.events(t)
    const mutter = await container.service('mutter')
    const chromium = await container.browser()
    await container.exec(['kill', '-ABRT', String(mutter.pid)])
    await events.find(isCrashOf('mutter'), 'the crash', PATIENCE_MS)
    const next = await container.service('mutter')
    await sleep(3000)
    const [crash, ...more] = crashes(events)
    assert.deepEqual(more, [])
    assert.equal(crash?.phase, 'running')
    assert.equal(crash?.signal, 'SIGABRT')
    assert.equal(crash?.pid, mutter.pid)
    assert.notEqual(next.pid, mutter.pid)
    assert.equal((await container.browser()).pid, chromium.pid)
    table.row('8 mutter -ABRT', JSON.stringify(crash))
  })

  test('Chromium has a window on the display, and a page that grows is told', async t => {
    const container = await startContainer(t, image, { args: ['--memory', '900m'] })
    const events = await container.events(t)
    await container.browser()
    // The window manager lists the windows it manages on the root window.
    const windows = 'DISPLAY=:1 xprop -root _NET_CLIENT_LIST _NET_SUPPORTING_WM_CHECK'
    const managed = /_NET_CLIENT_LIST\(WINDOW\): window id # 0x/
    await waitFor(async () => managed.test(await container.sh(windows)), 'the window')
    const kill = await untilKill(container, events, () => growRenderer(container))
    assert.equal(kill.process_name, 'chromium')
    table.row('renderer grows in a window', JSON.stringify(kill))
  })
})
