/** What the table of event types says of each, and of types that it does not know. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ALWAYS_CAPTURED,
  CATEGORIES,
  categoryOfType,
  hasIdentity,
  idempotencyKey,
  isAlwaysCaptured,
  isCategory,
  schemaOfType,
  serverKeysOf,
  severityOfType,
} from '../../plugin/events/types.ts'

for (const [type, category, severity, schema] of [
  ['system_oom_kill', 'system', 'error', 'OomKillData'],
  ['service_crashed', 'system', 'error', 'ServiceCrashedData'],
  ['telemetry_gap', 'monitor', 'warn', 'TelemetryGapData'],
  ['telemetry_configured', 'monitor', 'info', 'TelemetryConfiguredData'],
] as const) {
  test(`${type}: its category, how bad it is, its schema; it is always captured`, () => {
    assert.equal(categoryOfType(type), category)
    assert.equal(severityOfType(type), severity)
    assert.equal(schemaOfType(type), schema)
    assert.ok(isAlwaysCaptured(type, 'http'))
    assert.ok(hasIdentity(type))
    assert.ok(ALWAYS_CAPTURED.includes(category))
  })
}

test('page_crashed is always captured where the browser itself tells of it', () => {
  assert.equal(categoryOfType('page_crashed'), 'page')
  assert.equal(schemaOfType('page_crashed'), 'PageCrashedData')
  assert.equal(severityOfType('page_crashed'), 'error')
  assert.ok(isAlwaysCaptured('page_crashed', 'devtools'))
  assert.ok(!isAlwaysCaptured('page_crashed', 'http'))
})

test('types of the browser have a category and nothing else; those of a caller nothing', () => {
  assert.equal(categoryOfType('page_load'), 'page')
  assert.equal(categoryOfType('note'), undefined)
  for (const type of ['page_load', 'note', 'toString', '__proto__', 'constructor', '']) {
    assert.equal(severityOfType(type), 'info')
    assert.equal(schemaOfType(type), undefined)
    assert.equal(isAlwaysCaptured(type, 'server'), false)
    assert.equal(hasIdentity(type), false)
    assert.deepEqual(serverKeysOf(type), [])
    assert.equal(idempotencyKey(type, { boot_id: 'b', kmsg_seq: '1' }), undefined)
  }
})

test('categories are those of the contract, as they are written there', () => {
  assert.equal(CATEGORIES.length, 11)
  for (const category of CATEGORIES) assert.ok(isCategory(category))
  for (const other of ['System', '', 'all', undefined, null, 1, ['system']]) {
    assert.ok(!isCategory(other))
  }
})

test('a gap is one by the first identity that it has whole', () => {
  const key = (metadata: Record<string, string>) => idempotencyKey('telemetry_gap', metadata)
  const counter = { boot_id: 'b', oom_kill: '3' }
  assert.equal(key(counter), key({ ...counter, more: 'x' }))
  assert.notEqual(key(counter), key({ ...counter, cgroup: '/a' }))
  assert.notEqual(key({ ...counter, cgroup: '/a' }), key({ ...counter, cgroup: '/b' }))
  assert.equal(key({ ...counter, kmsg_seq: '9' }), key({ boot_id: 'b', kmsg_seq: '9' }))
  assert.equal(key({ boot_id: 'b' }), undefined)
  assert.ok(key({ journal: '1-2' }))
})

test('what the server acts on is its own to write', () => {
  assert.deepEqual(serverKeysOf('telemetry_gap'), ['journal', 'sink', 'uncertain_seq'])
  assert.deepEqual(serverKeysOf('system_oom_kill'), [])
})
