/** `sysmon tail --s2`: two machines, one of them new, from a point in time and live. */

import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { type TestContext, test } from 'node:test'
import type { EventEnvelope } from '../../generated/types.ts'
import { parseTime } from '../../plugin/cli/time-argument.ts'
import { SYSMON } from '../support/server.ts'
import { PATIENCE_MS } from '../support/wait.ts'
import { type Mischief, startProxy } from './proxy.ts'
import { needS2, S2Lite } from './s2-lite.ts'
import { isDone, post, postNotes, startSinkServer, untilSink } from './support.ts'

interface Tail {
  readonly process: ChildProcess
  readonly lines: () => string[]
  readonly errors: () => string
  readonly until: (count: number) => Promise<string[]>
}

function startTail(t: TestContext, env: Record<string, string>, args: string[]): Tail {
  const child = spawn(process.execPath, [SYSMON, 'tail', '--s2', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(() => child.kill('SIGKILL'))
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    errors += text
  })
  const lines = () =>
    output
      .split('\n')
      .filter(line => line !== '' && !line.includes('kmsg') && !line.includes('kills'))
  return {
    process: child,
    lines,
    errors: () => errors,
    async until(count) {
      const deadline = Date.now() + PATIENCE_MS
      while (lines().length < count) {
        if (Date.now() > deadline) throw new Error(`${lines().length} of ${count}: ${errors}`)
        await new Promise(resolve => setTimeout(resolve, 20))
      }
      return lines()
    },
  }
}

test('history in the order of time, then live, then a machine that is new', async t => {
  const command = needS2(t)
  if (command === undefined) return
  const lite = await S2Lite.start(t, command)
  const machines = await Promise.all(
    ['a', 'b'].map(name => startSinkServer(t, { ...lite.env(), S2_STREAM: `fleet/${name}` }))
  )
  const others = await startSinkServer(t, { ...lite.env(), S2_STREAM: 'other/x' })
  await postNotes(others.url, 0, 3)
  const base = Date.now() * 1000 - 3_600_000_000
  for (let n = 0; n < 120; n++) {
    const { url } = machines[n % 2]!
    await post(url, { type: 'note', category: 'page', data: n, ts: base + n * 1_000_000 })
  }
  for (const { url } of [...machines, others]) await untilSink(url, 's2', isDone)

  const json = startTail(t, lite.env(), ['--prefix', 'fleet/', '--replay', '--json'])
  const history = (await json.until(120)).map(
    line => JSON.parse(line) as EventEnvelope & { stream: string }
  )
  assert.deepEqual(
    history.map(({ event }) => event.data),
    Array.from({ length: 120 }, (_, n) => n)
  )
  assert.equal(history[1]!.stream, 'fleet/b')
  assert.equal(history[1]!.seq, 1)

  const since = new Date(base / 1000 + 100_000).toISOString()
  const person = startTail(t, { ...lite.env(), S2_STREAM: 'fleet/{hostname}' }, ['--since', since])
  const recent = await person.until(20)
  assert.equal(recent.length, 20)
  assert.match(recent[0]!, /^fleet\/a {2}.* {2}#51 {2}note {2}page {2}100$/)

  await post(machines[0]!.url, { type: 'note', category: 'page', data: 'live' })
  assert.match((await person.until(21))[20]!, /^fleet\/a .*"live"$/)
  const third = await startSinkServer(t, { ...lite.env(), S2_STREAM: 'fleet/c' })
  await post(third.url, { type: 'note', category: 'page', data: 'new here' })
  assert.match((await person.until(22))[21]!, /^fleet\/c .*"new here"$/)

  await lite.restart()
  await post(machines[1]!.url, { type: 'note', category: 'page', data: 'after' })
  assert.match((await person.until(23))[22]!, /^fleet\/b .*"after"$/)
  assert.equal((await json.until(123)).length, 123)
})

test('requests that fail for a moment are made again: the history is whole, and the trouble is said', async t => {
  const command = needS2(t)
  if (command === undefined) return
  const lite = await S2Lite.start(t, command)
  const machines = await Promise.all(
    ['a', 'b'].map(name => startSinkServer(t, { ...lite.env(), S2_STREAM: `fleet/${name}` }))
  )
  for (const { url } of machines) await postNotes(url, 0, 60)
  for (const { url } of machines) await untilSink(url, 's2', isDone)
  const ills: Mischief[] = ['reset', { status: 503 }, { status: 429 }, 'garbage', 'swallow']
  const proxy = await startProxy(t, lite.url, () =>
    proxy.requests() % 2 === 1 ? (ills.shift() ?? 'pass') : 'pass'
  )
  const env = {
    ...lite.env(),
    S2_ACCOUNT_ENDPOINT: proxy.url,
    S2_BASIN_ENDPOINT: proxy.url,
  }
  const tail = startTail(t, env, ['--prefix', 'fleet/', '--replay', '--json'])
  const history = (await tail.until(120)).map(line => JSON.parse(line) as { stream: string })
  assert.deepEqual(ills, [])
  assert.equal(history.length, 120)
  assert.equal(history.filter(({ stream }) => stream === 'fleet/a').length, 60)
  assert.match(tail.errors(), /sysmon tail: S2: .*; trying again/)
})

test('what is wrong is said, with the mend', async t => {
  const run = (env: Record<string, string>, ...args: string[]) =>
    spawnSync(process.execPath, [SYSMON, 'tail', ...args], {
      env: { ...process.env, S2_ACCESS_TOKEN: 'x', S2_BASIN: 'some-basin', ...env },
      encoding: 'utf8',
      timeout: PATIENCE_MS,
    })
  assert.match(run({}, '--s2', '--since', 'yesterday').stderr, /--since yesterday is no time/)
  assert.match(run({ S2_BASIN: '' }, '--s2').stderr, /S2_BASIN/)
  assert.match(run({}, '--prefix', 'x').stderr, /--prefix needs --s2/)
  assert.match(run({}, '--s2', '--url', 'http://x').stderr, /exclude each other/)
  const nobody = 'http://127.0.0.1:1'
  const away = run({ S2_ACCOUNT_ENDPOINT: nobody, S2_BASIN_ENDPOINT: nobody }, '--s2')
  assert.equal(away.status, 1)
  assert.match(away.stderr, /S2: Connection failed/)
  const command = needS2(t)
  if (command === undefined) return
  const lite = await S2Lite.start(t, command)
  const lost = run({ ...lite.env(), S2_BASIN: 'no-such-basin' }, '--s2')
  assert.equal(lost.status, 1)
  assert.match(lost.stderr, /no basin no-such-basin/)
})

test('a point in time: a date, or how long ago', () => {
  const now = 1_800_000_000_000
  assert.equal(parseTime('90s', now), now - 90_000)
  assert.equal(parseTime('2h', now), now - 7_200_000)
  assert.equal(parseTime('2026-11-24T08:00:00Z', now), Date.UTC(2026, 10, 24, 8))
  assert.equal(parseTime('1795481072', now), 1_795_481_072_000)
  assert.throws(() => parseTime('soon', now), /no time/)
})
