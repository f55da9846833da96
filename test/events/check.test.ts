/** What a refusal says of the body; that it is refused at all is shown over HTTP, in test/routes. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refuse, toEvent } from '../../plugin/events/check.ts'

for (const [body, message, detail] of [
  [undefined, 'the body must be a JSON object with a type', undefined],
  [null, 'the body must be a JSON object with a type', undefined],
  [[], 'the body must be a JSON object with a type', undefined],
  [{}, 'type is required', undefined],
  [{ type: null }, 'type is required', undefined],
  [{ type: '' }, 'type is required', undefined],
  [{ type: 7 }, 'type is required', 'type must be a string, not 7'],
  [{ type: false }, 'type is required', 'type must be a string, not false'],
  [{ type: {} }, 'type is required', 'type must be a string, not an object'],
  [{ type: 'note' }, 'category is required for unknown event type', undefined],
  [{ type: 'note', category: null }, 'category is required for unknown event type', undefined],
] as const) {
  test(`${JSON.stringify(body)}: ${message}${detail === undefined ? '' : `, ${detail}`}`, () => {
    assert.deepEqual(refuse(body), detail === undefined ? { message } : { message, detail })
  })
}

test('a category that is none: the message names all there are', () => {
  const refusal = refuse({ type: 'note', category: 'nonsense' })
  assert.equal(refusal?.message, 'invalid category')
  assert.match(refusal?.detail ?? '', /console, network, .*platform/)
})

test('the kind of the kernel is for the server and its host only', () => {
  const body = { type: 'note', category: 'page', source: { kind: 'kernel_api' } }
  assert.match(refuse(body)?.message ?? '', /reserved/)
  assert.equal(refuse(body, true), undefined)
})

test('a field that is not known is a mistake of the host, and nothing of a client', () => {
  const body = { type: 'note', category: 'page', dat: 1 }
  assert.equal(refuse(body), undefined)
  assert.match(refuse(body, true)?.message ?? '', /unknown field "dat"/)
})

test('a field of a host that is undefined is absent', () => {
  const body = { type: 'note', category: 'page', ts: undefined, data: undefined }
  assert.equal(refuse(body, true), undefined)
  assert.match(refuse({ ...body, ts: -1 }, true)?.message ?? '', /^body\.ts/)
  assert.match(refuse({ ...body, source: { kind: 'x' } }, true)?.message ?? '', /^body\.source/)
})

test('data that is missing is said to be, and not that it is of a wrong form', () => {
  for (const data of [undefined, null]) {
    assert.deepEqual(refuse({ type: 'system_oom_kill', data }), {
      message: 'invalid data',
      detail: 'data is required for system_oom_kill',
    })
  }
  assert.match(refuse({ type: 'system_oom_kill', data: {} })?.detail ?? '', /^data/)
})

test('metadata on which the server acts is its own, of the types that have such', () => {
  const withKey = (type: string) => ({
    type,
    category: 'page',
    source: { kind: 'cdp', metadata: { journal: '1-2' } },
    ...(type === 'note' ? {} : { data: { source: 'kmsg', reason: 'r' } }),
  })
  assert.match(
    refuse(withKey('telemetry_gap'))?.message ?? '',
    /metadata\.journal of telemetry_gap/
  )
  assert.equal(refuse(withKey('telemetry_gap'), true), undefined)
  assert.equal(refuse(withKey('note')), undefined)
  assert.equal(
    refuse({ type: 'note', category: 'page', source: { kind: 'cdp', metadata: null } }),
    undefined
  )
})

test('an event of what passes: the category of a known type, a source, and now where no time is given', () => {
  const before = Date.now() * 1000
  const { ts, source, data, category } = toEvent({ type: 'page_load', category: 'console' })
  assert.ok(ts >= before && ts <= Date.now() * 1000)
  assert.equal(category, 'page')
  assert.deepEqual(JSON.parse(JSON.stringify(source)), { kind: 'local_process' })
  assert.equal(data, undefined)
  const given = toEvent({
    type: 'note',
    category: 'console',
    ts: 5,
    data: 0,
    source: { kind: 'cdp', event: '', metadata: { a: 'b' } },
  })
  assert.equal(given.ts, 5)
  assert.equal(given.data, 0)
  assert.deepEqual(JSON.parse(JSON.stringify(given.source)), { kind: 'cdp', metadata: { a: 'b' } })
})
