/** `sysmon tail` as a person has it: what is picked, in which time, in which colours. */

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { type TestContext, test } from 'node:test'
import type { EventEnvelope } from '../../generated/types.ts'
import { eventText } from '../../plugin/cli/event-line.ts'
import { localTime } from '../../plugin/units.ts'
import { SYSMON, startServer } from '../support/server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { PATIENCE_MS, sleep, waitFor } from '../support/wait.ts'

async function post(url: string, body: object): Promise<void> {
  const answer = await fetch(`${url}/telemetry/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.equal(answer.status, 200)
}

/** @returns what it printed when `last` came */
function tail(
  t: Pick<TestContext, 'after'>,
  args: readonly string[],
  last: RegExp,
  env: Record<string, string> = {}
): Promise<string> {
  const child = execFile(process.execPath, [SYSMON, 'tail', ...args], {
    env: { ...process.env, ...env },
  })
  t.after(() => child.kill('SIGKILL'))
  return new Promise((resolve, reject) => {
    let printed = ''
    const see = (text: string): void => {
      printed += text
      if (last.test(printed)) resolve(printed)
    }
    child.stdout!.on('data', see)
    child.stderr!.on('data', see)
    child.once('exit', () => reject(new Error(`it ended: ${printed}`)))
    setTimeout(() => reject(new Error(`it never printed ${last}: ${printed}`)), PATIENCE_MS).unref()
  })
}

test('by type, by category, from a time on', async t => {
  const { url } = await startServer(t, { SYSMON_KMSG_PATH: 'false' })
  const hour = 3_600_000_000
  await post(url, { type: 'old', category: 'page', ts: Date.now() * 1000 - 2 * hour })
  await post(url, { type: 'new', category: 'page' })
  await post(url, { type: 'other', category: 'console' })
  await post(url, { type: 'last', category: 'page' })
  const types = (printed: string): string[] =>
    [...printed.matchAll(/#\d+ {2}(\w+)/g)].map(([, type]) => type!)
  assert.deepEqual(types(await tail(t, ['--url', url, '--replay'], /last/)), [
    'old',
    'new',
    'other',
    'last',
  ])
  assert.deepEqual(types(await tail(t, ['--url', url, '--since', '1h'], /last/)), [
    'new',
    'other',
    'last',
  ])
  assert.deepEqual(types(await tail(t, ['--url', url, '--replay', '--category', 'page'], /last/)), [
    'old',
    'new',
    'last',
  ])
  assert.deepEqual(types(await tail(t, ['--url', url, '--replay', '--type', 'new,last'], /last/)), [
    'new',
    'last',
  ])
  await assert.rejects(
    tail(t, ['--url', url, '--category', 'nope'], /never/),
    /it ended: sysmon tail: query.category.* must be one of console,/
  )
  await assert.rejects(
    tail(t, ['--url', url, '--since', 'soon'], /never/),
    /--since soon is no time/
  )
})

test('local time with its zone, and one line while the server is away', async t => {
  const server = await startServer(t, { SYSMON_KMSG_PATH: 'false' })
  await post(server.url, { type: 'a', category: 'page', ts: Date.UTC(2026, 10, 24, 23, 30) * 1000 })
  const printed = await tail(t, ['--url', server.url, '--replay'], /#1/, { TZ: 'Asia/Kolkata' })
  assert.match(printed, /^2026-11-25 05:00:00\.000 \+05:30 {2}#1 {2}a {2}page$/m)
  assert.match(
    await tail(t, ['--url', server.url, '--replay'], /#1/, { TZ: 'UTC' }),
    /^2026-11-24 23:30:00\.000 UTC {2}#1/m
  )
  await server.stop()
  const away = await tail(t, ['--url', server.url], /trying again/)
  assert.match(away, /^sysmon tail: http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED.*; trying again\n/)
})

test('a server that is away for a while is one line, and then its events go on', async t => {
  const stateDir = temporaryFolder(t)
  const env = { SYSMON_KMSG_PATH: 'false', SYSMON_STATE_DIR: stateDir }
  const first = await startServer(t, env)
  await post(first.url, { type: 'a', category: 'system' })
  const child = execFile(process.execPath, [SYSMON, 'tail', '--url', first.url, '--replay'])
  t.after(() => child.kill('SIGKILL'))
  let printed = ''
  for (const output of [child.stdout!, child.stderr!]) {
    output.on('data', (text: string) => {
      printed += text
    })
  }
  const until = (what: RegExp) =>
    waitFor(
      () => what.test(printed),
      String(what),
      () => printed
    )
  await until(/#1/)
  await first.stop()
  await until(/trying again/)
  // It is tried several times.
  await sleep(4000)
  const second = await startServer(t, { ...env, PORT: new URL(first.url).port })
  await post(second.url, { type: 'b', category: 'system' })
  await until(/#2/)
  const lines = printed.trimEnd().split('\n')
  const seen = lines.map(line => /trying again|#\d/.exec(line)?.[0] ?? line)
  assert.deepEqual(seen, ['#1', 'trying again', '#2'], lines.join('\n'))
})

test('the line: coloured by how bad it is on a terminal, without a control character anywhere', () => {
  const envelope = (type: string, data: unknown): EventEnvelope =>
    ({
      seq: 1,
      event: { ts: 0, type, category: 'page', source: { kind: 'cdp' }, data },
    }) as EventEnvelope
  const crash = envelope('service_crashed', { service_name: 'x\u001b[2J', phase: 'running' })
  assert.equal(
    eventText(crash).replace(localTime(0), 'T'),
    'T  #1  service_crashed  x\\x1b[2J died while it was running'
  )
  assert.ok(eventText(crash, { isColoured: true }).includes('\u001b[31mservice_crashed\u001b[39m'))
  const [first, ...more] = eventText(crash, { width: 60, isColoured: true }).split('\n')
  assert.ok(first!.includes('\u001b[31mservice_crashed\u001b[39m'))
  assert.ok(more.length > 0 && more.every(line => /^ {3}\S/.test(line)))
  for (const width of [20, 33, 50, 80]) {
    const lines = eventText(crash, { width }).split('\n')
    assert.ok(
      lines.every(line => line.length <= width && line === line.trimEnd()),
      `${width}`
    )
    assert.equal(lines.join(' ').replace(/\s+/g, ' '), eventText(crash).replace(/\s+/g, ' '))
  }
  const foreign = envelope('a\u202eb', { text: '\u009b2J' })
  assert.ok(!/[\u0080-\u009f\u202e\u001b]/.test(eventText(foreign)), eventText(foreign))
})
