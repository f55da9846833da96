/** What the tests of the sinks need: a server with a sink, events to it, its health. */

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { EventEnvelope, Health, SinkHealth } from '../../generated/types.ts'
import { type Server, startServer } from '../support/server.ts'
import { PATIENCE_MS } from '../support/wait.ts'

/** A real server that is not to tell of kills, which other tests cause, with a state folder of its own. */
export function startSinkServer(
  t: Pick<TestContext, 'after'>,
  env: Record<string, string>
): Promise<Server> {
  return startServer(t, { SYSMON_KMSG_PATH: 'off', ...env })
}

export function temporaryFolder(t: Pick<TestContext, 'after'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-sinks-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export async function post(url: string, body: object): Promise<EventEnvelope> {
  const answer = await fetch(`${url}/telemetry/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.equal(answer.status, 200)
  return (await answer.json()) as EventEnvelope
}

/** Posts events of the type `note` with `data.n` from `from` up to, not including, `to`. */
export async function postNotes(url: string, from: number, to: number): Promise<void> {
  const lanes = Array.from({ length: 8 }, (_, lane) => lane)
  await Promise.all(
    lanes.map(async lane => {
      for (let n = from + lane; n < to; n += lanes.length) {
        await post(url, { type: 'note', category: 'console', data: { n } })
      }
    })
  )
}

export async function sinkHealth(url: string, name: string): Promise<SinkHealth> {
  const health = (await (await fetch(`${url}/healthz`)).json()) as Health
  const sink = health.sinks?.find(each => each.name === name)
  assert.ok(sink, `/healthz has no sink ${name}`)
  return sink
}

/** @throws after `timeout` ms, with what the sink said last */
export async function untilSink(
  url: string,
  name: string,
  isTrue: (health: SinkHealth) => boolean,
  timeout = PATIENCE_MS
): Promise<SinkHealth> {
  const deadline = Date.now() + timeout
  for (;;) {
    const health = await sinkHealth(url, name)
    if (isTrue(health)) return health
    if (Date.now() > deadline)
      throw new Error(`the sink never came there: ${JSON.stringify(health)}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

export const isDone = ({ state, lag_events }: SinkHealth): boolean =>
  state === 'delivering' && lag_events === 0

/** 1, 2, 3 ... `count`: each once and in order. */
export function assertConsecutive(seqs: readonly number[], count: number): void {
  for (const [index, seq] of seqs.entries()) assert.equal(seq, index + 1)
  assert.equal(seqs.length, count)
}

/**
 * What a process holds on to without bound; how much it takes, to the megabyte, `npm run bench:sink-memory`
 * measures. A heap that was not collected yet is no fault.
 */
const MAX_GROWTH_MB = 60

/** @returns ends the watch, and asserts that at no time the process had much more than at first */
export function watchGrowth(t: TestContext, pid: number): () => void {
  const resident = (): number => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return (Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024) / 1e6
  }
  const before = resident()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, resident())
  }, 50)
  t.after(() => clearInterval(timer))
  return () => {
    clearInterval(timer)
    const grown = Math.round(most - before)
    t.diagnostic(`memory grew by ${grown} MB at most`)
    assert.ok(grown < MAX_GROWTH_MB, `memory grew by ${grown} MB`)
  }
}

/** What the stream tells of events that a sink gave up. */
export async function rejectionGaps(url: string): Promise<EventEnvelope[]> {
  const answer = await fetch(`${url}/telemetry/events?type=telemetry_gap&limit=1000`, {
    headers: { accept: 'application/json' },
  })
  const events = (await answer.json()) as EventEnvelope[]
  return events.filter(({ event }) => event.source.event === 'sink.rejected')
}
