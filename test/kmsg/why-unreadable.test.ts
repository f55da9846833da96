/** What a person reads who gets no kernel log. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LogRights, readLogRights, whyUnreadable } from '../../plugin/kmsg/why-unreadable.ts'

for (const [what, code, rights, sentence] of [
  ['no device', 'ENOENT', {}, /there is no .*pass the device in/],
  ['no capability', 'EPERM', { mayAlways: false, isRestricted: true }, /run with CAP_SYSLOG/],
  ['nothing is known', 'EPERM', {}, /run with CAP_SYSLOG/],
  [
    'a mounted device, with the capability',
    'EPERM',
    { mayAlways: true, isRestricted: true },
    /control group of this container refuses/,
  ],
  [
    'a mounted device, where none needs it',
    'EPERM',
    { mayAlways: false, isRestricted: false },
    /control group of this container refuses/,
  ],
  [
    'turned off, whatever the rights',
    'EPERM',
    { mayAlways: true, isRestricted: false, isOff: true },
    /kernel\.printk_devkmsg is off.*sysctl kernel\.printk_devkmsg=ratelimit/,
  ],
  ['its mode', 'EACCES', {}, /give it read permission/],
] as const) {
  test(`the kernel log cannot be read: ${what}`, () => {
    const error = Object.assign(new Error(code), { code })
    const known: LogRights = {
      mayAlways: undefined,
      isRestricted: undefined,
      isOff: false,
      ...rights,
    }
    assert.match(whyUnreadable('/dev/kmsg', error, known), sentence)
  })
}

test('the rights of this process are those of /proc', () => {
  const { mayAlways, isRestricted } = readLogRights()
  assert.ok([true, false, undefined].includes(mayAlways))
  assert.equal(typeof isRestricted, 'boolean')
})
