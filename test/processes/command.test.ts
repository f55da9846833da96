/** What of a command line is kept: what names a role, and nothing else. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCommand } from '../../plugin/processes/command.ts'

const CHROMIUM = '/usr/lib/chromium/chromium'

for (const [line, executable, role] of [
  [`${CHROMIUM} --type=renderer --lang=en --token=secret `, CHROMIUM, 'renderer'],
  [`${CHROMIUM} --type=gpu-process --x`, CHROMIUM, 'gpu'],
  [
    `${CHROMIUM} --type=utility --utility-sub-type=network.mojom.NetworkService`,
    CHROMIUM,
    'network',
  ],
  [
    `${CHROMIUM} --type=utility --utility-sub-type=storage.mojom.StorageService`,
    CHROMIUM,
    'utility',
  ],
  [`${CHROMIUM}\0--type=zygote\0--no-sandbox\0`, CHROMIUM, 'zygote'],
  [`${CHROMIUM}\0--headless=new\0about:blank\0`, CHROMIUM, 'browser'],
  [`${CHROMIUM} --type=broker`, CHROMIUM, undefined],
  [
    '/usr/lib/firefox-esr/firefox-esr\0-contentproc\0-childID\x001\0tab\0',
    '/usr/lib/firefox-esr/firefox-esr',
    'renderer',
  ],
  [
    '/usr/lib/firefox-esr/firefox-esr\0-contentproc\0-parentPid\x001\0socket\0',
    '/usr/lib/firefox-esr/firefox-esr',
    'network',
  ],
  ['node\0--password=secret\0server.js\0', 'node', undefined],
  ['postgres: secret@database\0', undefined, undefined],
  ['', undefined, undefined],
  [`${'x'.repeat(300)}\0`, undefined, undefined],
] as const) {
  test(JSON.stringify(line.slice(0, 80)), () => {
    assert.deepEqual(readCommand(line), { executable, role })
  })
}
