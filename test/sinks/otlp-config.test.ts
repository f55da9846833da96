/** OpenTelemetry's variables: whether they ask for a sink, and that a malformed one is named. */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  isOtlpConfigured,
  isTurnedOff,
  readOtlpConfig,
} from '../../plugin/sinks/otlp/otlp-config.ts'
import { SinkError } from '../../plugin/sinks/sink.ts'
import { temporaryFolder } from './support.ts'

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }

function errorOf(env: NodeJS.ProcessEnv): string {
  try {
    readOtlpConfig(env)
  } catch (error) {
    assert.ok(error instanceof SinkError)
    assert.equal(error.fault, 'misconfigured')
    return error.message
  }
  return ''
}

for (const [name, value] of [
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'ftp://collector'],
  ['OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', '/v1/logs'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
  ['OTEL_EXPORTER_OTLP_LOGS_PROTOCOL', 'http'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', 'soon'],
  ['OTEL_EXPORTER_OTLP_LOGS_TIMEOUT', '-1'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', 'Infinity'],
  ['OTEL_EXPORTER_OTLP_COMPRESSION', 'zstd'],
  ['OTEL_EXPORTER_OTLP_LOGS_COMPRESSION', 'GZIP'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'Authorization: Bearer secret'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'Authorization: Basic secret=='],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key=secret,other'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key='],
  ['OTEL_EXPORTER_OTLP_HEADERS', '=secret'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key=secret%zz'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key=secret%0A'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'cookie=a=secret;b=secret'],
  ['OTEL_EXPORTER_OTLP_LOGS_HEADERS', 'x y=secret'],
  ['OTEL_EXPORTER_OTLP_CERTIFICATE', '/nonexistent/ca.pem'],
  ['OTEL_EXPORTER_OTLP_CERTIFICATE', 'package.json'],
  ['OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE', '/nonexistent/cert.pem'],
  ['OTEL_EXPORTER_OTLP_CLIENT_KEY', 'package.json'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'team'],
  ['OTEL_RESOURCE_ATTRIBUTES', '=x'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'a=b=c'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'a=%zz'],
  ['OTEL_RESOURCE_ATTRIBUTES', `a=${'x'.repeat(256)}`],
  ['OTEL_LOGS_EXPORTER', 'jaeger'],
  ['OTEL_LOGS_EXPORTER', 'otlp,console'],
  ['OTEL_SDK_DISABLED', 'yes'],
] as const) {
  test(`${name}=${value.slice(0, 40)} is named, with what to mend and no secret`, () => {
    const message = errorOf({ ...ENDPOINT, [name]: value })
    assert.ok(message.startsWith(`${name} `), message)
    assert.match(message, /must|needs/)
    assert.doesNotMatch(message, /secret/)
  })
}

test('what is well-formed passes, as the SDK reads it', () => {
  const config = readOtlpConfig({
    ...ENDPOINT,
    OTEL_EXPORTER_OTLP_HEADERS: ' authorization=Bearer%20x , api-key=a==,',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_TIMEOUT: '2500',
    OTEL_EXPORTER_OTLP_PROTOCOL: ' http/json ',
    OTEL_RESOURCE_ATTRIBUTES: 'service.namespace=shop,team=a%2Cb',
    OTEL_SDK_DISABLED: 'False',
    OTEL_LOGS_EXPORTER: 'OTLP',
  })
  assert.deepEqual(config, { exporter: 'otlp', encoding: 'http/json', timeoutMs: 2500 })
  assert.deepEqual(readOtlpConfig({ OTEL_EXPORTER_OTLP_TIMEOUT: '', OTEL_LOGS_EXPORTER: ' ' }), {
    exporter: 'otlp',
    encoding: 'http/protobuf',
    timeoutMs: 10_000,
  })
})

test('what is for logs goes before what is for all signals, which may be for others', () => {
  const config = readOtlpConfig({
    ...ENDPOINT,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_TIMEOUT: '1',
    OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '3000',
  })
  assert.deepEqual(config, { exporter: 'otlp', encoding: 'http/json', timeoutMs: 3000 })
})

test('certificates: a pair that fits passes, one that does not is named', t => {
  const folder = temporaryFolder(t)
  const make = (name: string) => {
    const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)]
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-subj',
        `/CN=${name}`,
        '-keyout',
        key,
        '-out',
        cert,
      ],
      { stdio: 'ignore' }
    )
    return { key, cert }
  }
  const [one, other] = [make('one'), make('other')]
  const env = (cert: string, key: string) => ({
    OTEL_EXPORTER_OTLP_CERTIFICATE: one.cert,
    OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: cert,
    OTEL_EXPORTER_OTLP_CLIENT_KEY: key,
  })
  assert.equal(errorOf(env(one.cert, one.key)), '')
  assert.match(errorOf(env(one.cert, other.key)), /^OTEL_EXPORTER_OTLP_CLIENT_KEY must/)
  assert.match(errorOf(env(one.cert, '')), /^OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE needs/)
  const bundle = join(folder, 'bundle.pem')
  writeFileSync(bundle, readFileSync(one.cert, 'utf8') + readFileSync(other.cert, 'utf8'))
  assert.equal(errorOf({ OTEL_EXPORTER_OTLP_CERTIFICATE: bundle }), '')
})

for (const [env, isAsked] of [
  [{}, false],
  [ENDPOINT, true],
  [{ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://127.0.0.1:4318/v1/logs' }, true],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, false],
  [{ OTEL_LOGS_EXPORTER: 'otlp' }, true],
  [{ OTEL_LOGS_EXPORTER: 'console' }, true],
  [{ ...ENDPOINT, OTEL_LOGS_EXPORTER: 'none' }, false],
  [{ ...ENDPOINT, OTEL_LOGS_EXPORTER: 'None' }, false],
  [{ ...ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' }, false],
  [{ ...ENDPOINT, OTEL_SDK_DISABLED: 'false' }, true],
] as const) {
  test(`${JSON.stringify(env)}: ${isAsked ? 'asks' : 'asks not'} for logs`, () => {
    assert.equal(isOtlpConfigured(env), isAsked)
    if (isAsked) assert.equal(isTurnedOff(env), false)
  })
}
