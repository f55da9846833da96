/** What a sink keeps of whose numbers these are: an event that comes again after a restart is known again. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConsoleSink } from '../../plugin/sinks/otlp/console-sink.ts'
import { OtlpSink } from '../../plugin/sinks/otlp/otlp-sink.ts'
import type { Sink } from '../../plugin/sinks/sink.ts'
import { WebhookSink } from '../../plugin/sinks/webhook/webhook-sink.ts'

const SINKS: ReadonlyArray<() => Sink> = [
  () => new OtlpSink({ encoding: 'http/json', timeoutMs: 1000 }),
  () => new ConsoleSink(),
  () => new WebhookSink({ url: 'http://127.0.0.1:1' }),
]
const { signal } = new AbortController()

test('before a sink is connected it says nothing of its own in place of what is saved', async () => {
  for (const make of SINKS) {
    const sink = make()
    assert.equal(sink.state, undefined, sink.name)
    await sink.connect(undefined, signal)
    const saved = JSON.parse(JSON.stringify(sink.state))
    assert.match(saved.origin, /.\.[\w-]{8}$/)
    const restarted = make()
    await restarted.connect(saved, signal)
    assert.deepEqual(restarted.state, saved, sink.name)
    await restarted.connect({ origin: 'another' }, signal)
    assert.deepEqual(restarted.state, saved, 'it stays what it is while it runs')
    for (const damaged of [null, 7, {}, { origin: 7 }]) {
      const anew = make()
      await anew.connect(damaged, signal)
      assert.notDeepEqual(anew.state, saved)
    }
  }
})
