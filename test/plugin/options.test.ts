/** Options: a wrong one fails at registration with an error that names it. */

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { inspect } from 'node:util'
import Fastify from 'fastify'
import { type SysmonOptions, sysmonPlugin } from '../../plugin/index.ts'
import type { OptionSchema } from '../../plugin/option-schema.ts'
import { OPTIONS } from '../../plugin/options.ts'

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
  // Near misses of ours.
  ['kmsgpath', '/dev/kmsg'],
  ['kmsg_path', '/dev/kmsg'],
  ['ringEvent', 5],
  ['rignBytes', 5],
  ['maxStream', 1],
  ['statedir', '/tmp'],
  ['S2', {}],
  ['OTLP', true],
  // Too large for what they are given to: an array, a timer.
  ['ringEvents', 2 ** 33],
  ['keepAlive', 2 ** 40],
  ['closeTimeout', 2 ** 40],
  ['ringBytes', 10n],
] as const) {
  test(`${name}: ${inspect(value)} is refused by name`, async () => {
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

const S2 = { accessToken: 'secret', basin: 'some-basin' }
for (const [path, value] of [
  ['s2.accessToken', { ...S2, accessToken: undefined }],
  ['s2.accessToken', { ...S2, accessToken: 'secret with spaces' }],
  ['s2.accessToken', { ...S2, accessToken: 5 }],
  ['s2.basin', { ...S2, basin: 'Basin' }],
  ['s2.basin', { accessToken: 'secret' }],
  ['s2.stream', { ...S2, stream: 'sysmon/{nonsense}' }],
  ['s2.stream', { ...S2, stream: '' }],
  ['s2.linger', { ...S2, linger: '20' }],
  ['s2.linger', { ...S2, linger: 60_001 }],
  ['s2.accountEndpoint', { ...S2, accountEndpoint: 'ftp://x' }],
  ['s2.basinEndpoint', { ...S2, basinEndpoint: 'http://' }],
  ['s2.acessToken', { ...S2, acessToken: 'secret' }],
  ['s2.token', { ...S2, token: 'secret' }],
  ['s2', [{ accessToken: 'secret' }]],
  ['s2', 'secret'],
] as const) {
  test(`${path} of ${JSON.stringify(value)} is refused by name, without the token`, async () => {
    await assert.rejects(register({ s2: value }), error => {
      assert.ok(error instanceof Error)
      assert.equal((error as NodeJS.ErrnoException).code, 'FST_SYSMON_INVALID_OPTION')
      assert.match(error.message, new RegExp(`option "${path}" (must be|is unknown)`))
      assert.doesNotMatch(error.message, /secret/)
      return true
    })
  })
}

test('a near miss is told what was meant, also within s2', async () => {
  await assert.rejects(register({ maxStream: 1 }), /is unknown: did you mean "maxStreams"\?/)
  await assert.rejects(
    register({ s2: { ...S2, acessToken: 'x' } }),
    /"s2.acessToken" is unknown: did you mean "accessToken"\?/
  )
})

test('what s2 may be is taken, before anything is delivered there', async () => {
  const endpoints = { accountEndpoint: 'http://127.0.0.1:1', basinEndpoint: '{basin}.example:443' }
  const s2 = { ...S2, ...endpoints, stream: 'a/{hostname}', linger: 0 }
  await register({ s2, sinkTimeout: 0, stateDir: false })
  await register({ s2: { ...s2, stream: undefined, linger: undefined }, sinkTimeout: 0 })
})

// What @fastify/autoload, fastify-cli and others hand to every plugin.
const HOSTS = {
  dir: '/app/plugins',
  skipOverride: true,
  autoHooks: true,
  forceESM: true,
  port: 3000,
  address: '',
  debug: false,
  https: {},
  pluginTimeout: 10_000,
  closeGraceDelay: 500,
  keepAliveTimeout: 5000,
  requestTimeout: 0,
  connectionTimeout: 0,
  maxParamLength: 100,
  trustProxy: true,
  toString: 1,
  ringSize: 5,
}

test("the host's own options do not fail the registration: one warning names them", async () => {
  const lines: { level: number; options?: string[] }[] = []
  const stream = { write: (line: string) => lines.push(JSON.parse(line)) }
  const app = Fastify({ logger: { stream } })
  await app.register(sysmonPlugin, { kmsgPath: false, ...HOSTS } as SysmonOptions)
  await app.ready()
  await app.close()
  const warnings = lines.filter(({ level }) => level >= 40)
  assert.equal(warnings.length, 1)
  assert.deepEqual(warnings[0]!.options, Object.keys(HOSTS))
})

test('every default is what the option may be', async () => {
  const rows: [string, OptionSchema][] = Object.entries(OPTIONS)
  const defaults = rows.filter(([, row]) => row.default !== undefined)
  assert.ok(defaults.length >= 18)
  await register({
    ...Object.fromEntries(defaults.map(([name, row]) => [name, row.default])),
    kmsgPath: false,
  })
})

test('every option is in the documentation', () => {
  const files = [
    'README.md',
    ...(existsSync('docs') ? readdirSync('docs').map(name => `docs/${name}`) : []),
  ]
  const text = files
    .filter(name => name.endsWith('.md'))
    .map(name => readFileSync(name, 'utf8'))
    .join('\n')
  const missing = Object.keys(OPTIONS).filter(name => !text.includes(`\`${name}\``))
  assert.deepEqual(missing, [])
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
