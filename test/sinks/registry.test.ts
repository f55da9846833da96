/** The table of sinks: what is in it is complete, and it is the only way to them. */

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  hasSinks,
  SINK_NAMES,
  SINK_PACKAGES,
  sinkOptionsFromEnv,
} from '../../plugin/sinks/registry.ts'

const SINKS = 'plugin/sinks'

test('every folder of plugin/sinks is a row, and every row has its folder', () => {
  const folders = readdirSync(SINKS, { withFileTypes: true }).filter(each => each.isDirectory())
  assert.deepEqual(folders.map(({ name }) => name).sort(), [...SINK_NAMES].sort())
})

test("only the registry imports from a sink's folder", () => {
  const sources = readdirSync('plugin', { recursive: true, encoding: 'utf8' })
  for (const name of sources.filter(each => each.endsWith('.ts'))) {
    const path = join('plugin', name)
    if (path === `${SINKS}/registry.ts`) continue
    for (const [, from] of readFileSync(path, 'utf8').matchAll(
      /(?:from|import\()\s*'(\.[^']+)'/g
    )) {
      const folder = SINK_NAMES.map(each => join(SINKS, each)).find(each => {
        return join(path, '..', from!).startsWith(`${each}/`)
      })
      if (folder === undefined) continue
      assert.ok(path.startsWith(`${folder}/`), `${path} imports ${from}`)
    }
  }
})

test('the packages of the sinks are those that package.json lets a host leave out', () => {
  const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  assert.deepEqual(Object.keys(optionalDependencies).sort(), [...SINK_PACKAGES].sort())
})

test('the environment asks for each sink by its own variables', () => {
  assert.equal(hasSinks(sinkOptionsFromEnv({})), false)
  assert.deepEqual(sinkOptionsFromEnv({ S2_BASIN: 'some-basin', S2_ACCESS_TOKEN: 'x' }), {
    s2: {
      accessToken: 'x',
      basin: 'some-basin',
      stream: undefined,
      linger: undefined,
    },
    otlp: false,
  })
  const otlp = sinkOptionsFromEnv({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' })
  assert.deepEqual(otlp, { s2: false, otlp: true })
  assert.equal(hasSinks(otlp), true)
})
