/** Roles by name and score alone. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inferRole } from '../../plugin/diagnosis/roles.ts'

for (const [name, score, role] of [
  ['chromium', 300, 'renderer'],
  ['chrome', 300, 'renderer'],
  ['headless_shell', 300, 'renderer'],
  ['chrome-headless', 300, 'renderer'],
  ['electron', 300, 'renderer'],
  ['chromium', 0, 'browser'],
  ['chromium', 200, undefined],
  // All processes of a pod that has no request of memory.
  ['chrome', 1000, undefined],
  ['chrome', undefined, undefined],
  ['chromedriver', 0, undefined],
  ['node', 300, undefined],
  ['Isolated Web Co', 167, 'renderer'],
  ['Web Content', undefined, 'renderer'],
  ['WebExtensions', 100, 'renderer'],
  ['Privileged Cont', 100, 'renderer'],
  ['Socket Process', 0, 'network'],
  ['RDD Process', 0, 'utility'],
  ['firefox-esr', 0, 'browser'],
  ['', 300, undefined],
] as const) {
  test(`${name} with ${score}: ${role}`, () => {
    assert.equal(inferRole(name, score), role)
  })
}
