/** Whose word an event is. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTrusted, reportedBy, reporterOf } from '../../plugin/events/reporter.ts'

test('the server names the reporter, and keeps what else the source says', () => {
  const source = { kind: 'cdp', event: 'e', metadata: { a: 'b' } } as const
  assert.deepEqual(reportedBy(source, 'kernel'), {
    kind: 'cdp',
    event: 'e',
    metadata: { a: 'b', reporter: 'kernel' },
  })
  assert.deepEqual(source.metadata, { a: 'b' })
  assert.deepEqual(reportedBy({ kind: 'cdp' }, 'http').metadata, { reporter: 'http' })
})

test('a reporter that was claimed stays readable, where it is another', () => {
  const claim = (reporter: string) => ({ kind: 'cdp', metadata: { reporter } }) as const
  assert.deepEqual(reportedBy(claim('kernel'), 'http').metadata, {
    reporter: 'http',
    claimed_reporter: 'kernel',
  })
  assert.deepEqual(reportedBy(claim('http'), 'http').metadata, { reporter: 'http' })
})

test('the browser session is named where there is one', () => {
  const { metadata } = reportedBy({ kind: 'cdp' }, 'server', 's-1')
  assert.deepEqual(metadata, { reporter: 'server', telemetry_session_id: 's-1' })
})

test('only those that the server proves are trusted; whoever names none, or another, posted it', () => {
  for (const reporter of ['kernel', 'supervisor', 'devtools', 'server'] as const) {
    assert.equal(reporterOf({ reporter }), reporter)
    const source = { kind: 'cdp', metadata: { reporter } } as const
    assert.equal(isTrusted('note', source), reporter === 'kernel' || reporter === 'supervisor')
    assert.equal(isTrusted('telemetry_gap', source), reporter !== 'devtools')
    assert.equal(isTrusted('process_crashed', source), false, 'any user can cause many of these')
  }
  const others: Array<Record<string, string> | undefined> = [
    undefined,
    {},
    { reporter: 'http' },
    { reporter: 'root' },
    { reporter: '' },
  ]
  for (const metadata of others) {
    assert.equal(reporterOf(metadata), 'http')
    assert.ok(!isTrusted('system_oom_kill', { kind: 'cdp', metadata }))
  }
})
