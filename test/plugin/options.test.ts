/** Options: a wrong one fails at registration with an error that names it. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import { type SysmonOptions, sysmonPlugin } from '../../plugin/index.ts'

async function register(options: Record<string, unknown>, isLogging = false): Promise<void> {
  const app = Fastify(isLogging ? { logger: { level: 'silent' } } : {})
  try {
    await app.register(sysmonPlugin, { kmsgPath: false, ...options } as SysmonOptions)
    await app.ready()
  } finally {
    await app.close()
  }
}

for (const [name, value] of [
  ['ringEvents', 0],
  ['ringEvents', '8192'],
  ['ringEvents', 1.5],
  ['ringBytes', -1],
  ['ringBytes', Number.POSITIVE_INFINITY],
  ['bodyLimit', 0],
  ['maxStreams', 0],
  ['maxStreams', null],
  ['streamBuffer', 1023],
  ['keepAlive', 9],
  ['keepAlive', Number.NaN],
  ['closeTimeout', -1],
  ['prefix', 5],
  ['kmsgPath', true],
  ['kmsgPath', ''],
  ['stateDir', ''],
  ['stateDir', true],
  ['journalBytes', 1000],
  ['journalAge', 0],
  ['journalCategories', 'console'],
  ['journalCategories', ['consol']],
  ['journalSync', 'sometimes'],
  ['maxStreamsPerPeer', 0],
  ['reservedStreams', -1],
  ['streamBufferTotal', 1000],
  ['allowedHosts', 'example.com'],
  ['allowedHosts', ['https://example.com']],
  ['allowedHosts', ['example.com:443']],
  ['allowedHosts', ['']],
  ['allowedHosts', [5]],
  ['allowedOrigins', 'https://example.com'],
  ['allowedOrigins', ['example.com']],
  ['allowedOrigins', ['https://example.com/']],
  ['allowedOrigins', [5]],
  ['s2', true],
  ['s2', null],
  ['otlp', 'http://127.0.0.1:4318'],
  ['sinkTimeout', -1],
  ['kmsgpath', '/dev/kmsg'],
  ['ringSize', 5],
  // Too large for what they are given to: an array, a timer.
  ['ringEvents', 2 ** 33],
  ['keepAlive', 2 ** 40],
  ['closeTimeout', 2 ** 40],
  ['toString', 1],
] as const) {
  test(`${name}: ${JSON.stringify(value) ?? String(value)} is refused by name`, async () => {
    await assert.rejects(register({ [name]: value }), {
      code: 'FST_SYSMON_INVALID_OPTION',
      message: new RegExp(`option "${name}"`),
    })
  })
}

for (const isLogging of [true, false]) {
  test(`logLevel: "loud" is refused by name, host ${isLogging ? 'logging' : 'silent'}`, async () => {
    await assert.rejects(register({ logLevel: 'loud' }, isLogging), {
      code: 'FST_SYSMON_INVALID_OPTION',
      message: /option "logLevel"/,
    })
  })
}

test('an unknown option is told which there are', async () => {
  await assert.rejects(register({ maxStream: 1 }), /unknown.*maxStreams/)
})

test('the smallest allowed values are allowed, and undefined means the default', async () => {
  await register({
    prefix: undefined,
    logLevel: undefined,
    ringEvents: 1,
    ringBytes: 1,
    bodyLimit: 1,
    maxStreams: 1,
    streamBuffer: 1024,
    keepAlive: 10,
    closeTimeout: 0,
    allowedHosts: [],
    allowedOrigins: [],
  })
  await register(Object.fromEntries(['ringEvents', 'keepAlive'].map(name => [name, undefined])))
})
