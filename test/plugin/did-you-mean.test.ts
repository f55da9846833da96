/** Which name somebody meant. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { didYouMean } from '../../plugin/did-you-mean.ts'

const NAMES = ['kmsgPath', 'ringEvents', 'maxStreams', 's2', 'otlp', 'token', 'prefix']

for (const [name, meant] of [
  ['kmsgPath', 'kmsgPath'],
  ['kmsgpath', 'kmsgPath'],
  ['KMSG_PATH', 'kmsgPath'],
  ['kmsg-path', 'kmsgPath'],
  ['kmsgPaht', 'kmsgPath'],
  ['ksmgPath', 'kmsgPath'],
  ['ringEvent', 'ringEvents'],
  ['ringEventts', 'ringEvents'],
  ['ringvents', 'ringEvents'],
  ['rignEvnets', 'ringEvents'],
  ['S2', 's2'],
  ['OTLP', 'otlp'],
  ['tokn', 'token'],
  ['http', undefined],
  ['ssl', undefined],
  ['s3', undefined],
  ['path', undefined],
  ['ringSize', undefined],
  ['pluginTimeout', undefined],
  ['', undefined],
] as const) {
  test(`${name} ${meant === undefined ? 'is none of ours' : `means ${meant}`}`, () => {
    assert.equal(didYouMean(name, NAMES), meant)
  })
}
