/** The table of sinks: what is in it is complete, and it is the only way to them. */

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  FROM_ENVIRONMENT,
  SINK_NAMES,
  SINK_PACKAGES,
  sinkOptionsFromEnv,
  takesAll,
} from '../../plugin/sinks/registry.ts'

const SINKS = 'plugin/sinks'

test('every folder of plugin/sinks is a row, and every row has its folder', () => {
  const folders = readdirSync(SINKS, { withFileTypes: true }).filter(each => each.isDirectory())
  assert.deepEqual(folders.map(({ name }) => name).sort(), [...SINK_NAMES].sort())
})

test('the packages of the sinks, and of the metrics, are those that package.json lets a host leave out', () => {
  const { peerDependenciesMeta } = JSON.parse(readFileSync('package.json', 'utf8'))
  const optional = Object.entries(peerDependenciesMeta).filter(([, meta]) => {
    return (meta as { optional?: boolean }).optional === true
  })
  assert.deepEqual(optional.map(([name]) => name).sort(), [...SINK_PACKAGES, 'prom-client'].sort())
})

test('the environment asks for each sink by its own variables', () => {
  const none = sinkOptionsFromEnv({})
  assert.deepEqual(none, { s2: false, otlp: false, webhook: false, command: false })
  const s2 = sinkOptionsFromEnv({ S2_BASIN: 'some-basin', S2_ACCESS_TOKEN: 'x' })
  assert.deepEqual(s2, { ...none, s2: FROM_ENVIRONMENT })
  const otlp = sinkOptionsFromEnv({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' })
  assert.deepEqual(otlp, { ...none, otlp: true })
  const webhook = sinkOptionsFromEnv({ SYSMON_WEBHOOK_URL_FILE: '/some/file' })
  assert.deepEqual(webhook, { ...none, webhook: FROM_ENVIRONMENT })
  const command = sinkOptionsFromEnv({ SYSMON_ON_EVENT: '/some/program' })
  assert.deepEqual(command, { ...none, command: FROM_ENVIRONMENT })
  assert.deepEqual([s2, otlp, webhook, command, none].map(takesAll), [
    true,
    true,
    false,
    false,
    false,
  ])
})
