/** When supervisord is told to end: once the API has the event, or ten seconds later. */

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ExitOnFatal } from '../../shim/exit-on-fatal.ts'
import { createLog } from '../../shim/own-log.ts'

/** Of one supervisord: `web`, and `db` with two workers. */
const PROCESSES = [
  { name: 'web', group: 'web', pid: 7 },
  { name: 'worker', group: 'db', pid: 0 },
  { name: 'writer', group: 'db', pid: 0 },
]

function start(t: TestContext, services: readonly string[], size = 1) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const spool = { size }
  let [ended, seconds] = [0, 0]
  t.mock.method(process, 'uptime', () => 1000 + seconds)
  let fails = false
  const exitOnFatal = new ExitOnFatal({
    services,
    spool,
    shutDown: () => {
      ended++
      if (fails) throw new Error('ESRCH')
    },
    log: createLog('silent'),
  })
  const pass = (ms: number) => {
    seconds += ms / 1000
    t.mock.timers.tick(ms)
  }
  return { exitOnFatal, spool, pass, ended: () => ended, fail: () => (fails = true) }
}

test('the service or its group is listed; another is not', t => {
  const { exitOnFatal, ended } = start(t, ['web', 'db'], 0)
  exitOnFatal.gaveUp('other', undefined)
  exitOnFatal.gaveUp('other', 'others')
  assert.equal(ended(), 0)
  exitOnFatal.gaveUp('worker', 'db')
  assert.equal(ended(), 1)
  exitOnFatal.gaveUp('web', undefined)
  assert.equal(ended(), 1, 'told once')
})

test('not before the API has the event', t => {
  const { exitOnFatal, spool, pass, ended } = start(t, ['web'])
  exitOnFatal.gaveUp('web', undefined)
  pass(5000)
  assert.equal(ended(), 0)
  spool.size = 0
  pass(50)
  assert.equal(ended(), 1)
})

test('an API that does not take it is waited for ten seconds', t => {
  const { exitOnFatal, pass, ended } = start(t, ['web'])
  exitOnFatal.gaveUp('web', undefined)
  for (let ms = 0; ms < 9950; ms += 50) pass(50)
  assert.equal(ended(), 0)
  pass(50)
  pass(50)
  assert.equal(ended(), 1)
})

test('where it cannot be told, the next service that is given up tries again', t => {
  const { exitOnFatal, ended, fail } = start(t, ['web'], 0)
  fail()
  exitOnFatal.gaveUp('web', undefined)
  exitOnFatal.gaveUp('web', undefined)
  assert.equal(ended(), 2)
})

test('names that no service and no group has are said at the start, with those that there are', async t => {
  const said = async (services: readonly string[], ask = async () => PROCESSES) => {
    const log = createLog('silent')
    const warn = t.mock.method(log, 'warn')
    const spool = { size: 0 }
    await new ExitOnFatal({ services, spool, shutDown: () => {}, log }).check(ask)
    return warn.mock.calls.map(call => call.arguments[1])
  }
  assert.deepEqual(await said(['web', 'db', 'worker']), [])
  assert.deepEqual(await said(['wev', 'web', 'dba']), [
    'EXIT_ON_FATAL: there is no service wev, dba: there are db, web, worker, writer',
  ])
  assert.deepEqual(await said([], () => assert.fail('asked for nothing')), [])
  assert.deepEqual(await said(['web'], () => Promise.reject(new Error('ENOENT'))), [
    'the names of EXIT_ON_FATAL cannot be checked',
  ])
})
