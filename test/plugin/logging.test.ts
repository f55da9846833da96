/** The plugin logs with the host's logger, in a child of it. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { SysmonOptions } from '../../plugin/index.ts'
import { note, startApp } from '../support/app.ts'

interface Line {
  readonly level: number
  readonly msg: string
  readonly plugin?: string
  readonly host?: string
  readonly path?: string
}
const [INFO, WARN, ERROR] = [30, 40, 50]

async function start(
  t: Parameters<typeof startApp>[0],
  options: SysmonOptions = {}
): Promise<{ app: FastifyInstance; lines: Line[] }> {
  const lines: Line[] = []
  const stream = { write: (line: string) => lines.push(JSON.parse(line) as Line) }
  const logger = { level: 'info', base: { host: 'of the host' }, stream }
  return { app: await startApp(t, options, { fastify: { logger } }), lines }
}

const ours = (lines: readonly Line[]) => lines.filter(({ plugin }) => plugin === 'fastify-sysmon')

test('its lines carry its name and what the host adds to all lines', async t => {
  const { lines } = await start(t, { kmsgPath: '/nonexistent/kmsg' })
  const [line, ...more] = ours(lines)
  assert.deepEqual(more, [], 'one clear line')
  assert.equal(line?.level, WARN)
  assert.equal(line?.host, 'of the host')
  assert.equal(line?.path, '/nonexistent/kmsg')
  assert.match(line?.msg ?? '', /\/nonexistent\/kmsg/)
})

test('logLevel holds for its own lines', async t => {
  const { app, lines } = await start(t, { kmsgPath: '/nonexistent/kmsg', logLevel: 'error' })
  assert.deepEqual(ours(lines), [])
  app.sysmon.subscribe(() => {
    throw new Error('broken')
  })
  note(app, 1)
  await turn()
  assert.deepEqual(
    ours(lines).map(({ level }) => level),
    [ERROR]
  )
})

test("logLevel holds for its routes, and not for the host's", async t => {
  const { app, lines } = await start(t, { logLevel: 'warn' })
  await app.inject('/telemetry')
  assert.deepEqual(lines, [])
  app.log.info('from the host')
  assert.deepEqual(
    lines.map(({ level, msg }) => [level, msg]),
    [[INFO, 'from the host']]
  )
})

test('a request is logged as every request of the host; a probe of the health is not', async t => {
  const { app, lines } = await start(t)
  await app.inject('/healthz')
  assert.deepEqual(lines, [])
  await app.inject('/telemetry')
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    ['incoming request', 'request completed']
  )
})

test('what clients do wrong is no error of the server', async t => {
  const { app, lines } = await start(t)
  await app.inject({ method: 'POST', url: '/telemetry/events', payload: { type: '' } })
  await app.inject({ method: 'POST', url: '/telemetry/events', payload: 'x'.repeat(100) })
  assert.deepEqual(
    lines.filter(({ level }) => level >= WARN),
    []
  )
})
