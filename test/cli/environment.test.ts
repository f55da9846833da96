/** The options of the plugin as variables of `sysmon serve`. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeVariables, optionsFromEnv, variableOf } from '../../plugin/cli/environment.ts'
import { UsageError } from '../../plugin/cli/usage.ts'
import type { OptionSchema } from '../../plugin/option-schema.ts'
import { OPTIONS } from '../../plugin/options.ts'
import { SINK_NAMES } from '../../plugin/sinks/registry.ts'

test('every option has a variable, but the sinks, which have their own', () => {
  const described = describeVariables({}).flatMap(([variables]) => variables.split(', '))
  for (const name of Object.keys(OPTIONS)) {
    const isSink = (SINK_NAMES as readonly string[]).includes(name)
    assert.equal(described.includes(variableOf(name)), !isSink, name)
  }
})

test('every option takes its own default as text', () => {
  const rows: [string, OptionSchema][] = Object.entries(OPTIONS)
  for (const [name, { default: value }] of rows) {
    if (value === undefined || (SINK_NAMES as readonly string[]).includes(name)) continue
    const isEmpty = Array.isArray(value) && value.length === 0
    const options = optionsFromEnv({ [variableOf(name)]: String(value) })
    assert.deepEqual(options, isEmpty ? {} : { [name]: value })
  }
})

for (const [variable, text, options] of [
  ['SYSMON_RING_EVENTS', '16', { ringEvents: 16 }],
  ['SYSMON_RING_EVENTS', '', {}],
  ['SYSMON_KMSG_PATH', 'false', { kmsgPath: false }],
  ['SYSMON_KMSG_PATH', 'off', { kmsgPath: false }],
  ['SYSMON_KMSG_PATH', 'none', { kmsgPath: false }],
  ['SYSMON_DEVTOOLS_URL', 'off', { devtools: false }],
  ['SYSMON_KMSG_PATH', '/dev/other', { kmsgPath: '/dev/other' }],
  ['SYSMON_STATE_DIR', 'false', { stateDir: false }],
  ['SYSMON_KMSG_HISTORY', 'true', { kmsgHistory: true }],
  ['SYSMON_KMSG_HISTORY', '1', { kmsgHistory: true }],
  ['SYSMON_KMSG_HISTORY', '0', { kmsgHistory: false }],
  ['SYSMON_JOURNAL_CATEGORIES', 'page, console', { journalCategories: ['page', 'console'] }],
  ['SYSMON_JOURNAL_SYNC', 'always', { journalSync: 'always' }],
  ['SYSMON_ALLOWED_ORIGINS', 'https://a.example,', { allowedOrigins: ['https://a.example'] }],
  ['SYSMON_PREFIX', '/ops', { prefix: '/ops' }],
] as const) {
  test(`${variable}=${text}`, () => {
    assert.deepEqual(optionsFromEnv({ [variable]: text }), options)
  })
}

for (const [variable, text] of [
  ['SYSMON_RING_EVENTS', '0'],
  ['SYSMON_RING_EVENTS', '1e3'],
  ['SYSMON_RING_EVENTS', '-1'],
  ['SYSMON_RING_EVENTS', '99999999999999999999'],
  ['SYSMON_KEEP_ALIVE', '15s'],
  ['SYSMON_KMSG_HISTORY', 'yes'],
  ['SYSMON_JOURNAL_SYNC', 'sometimes'],
  ['SYSMON_JOURNAL_CATEGORIES', 'consol'],
  ['SYSMON_ALLOWED_ORIGINS', 'a.example'],
  ['SYSMON_ALLOWED_HOSTS', 'https://a.example'],
] as const) {
  test(`${variable}=${text} is refused by name`, () => {
    assert.throws(
      () => optionsFromEnv({ [variable]: text }),
      error => {
        assert.ok(error instanceof UsageError)
        assert.ok(error.message.startsWith(`the environment variable ${variable} must be `))
        assert.ok(error.message.endsWith(`not "${text}"`), error.message)
        return true
      }
    )
  })
}
