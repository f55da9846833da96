/** The search for what ended a process: asked for seldom, never waited for long, said when it fails. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EndLookup, type Supervisor } from '../../shim/end-lookup.ts'
import { createLog } from '../../shim/own-log.ts'
import { describeFailure } from '../../shim/supervisor.ts'
import { RpcFault } from '../../shim/supervisor-rpc.ts'
import { at, exited, spawned, started } from './supervisor-log-lines.ts'

const PID = 100
const OWN = 101
const STARTED_AT = Date.parse('2026-11-24T00:23:28.155Z')
const BEGINNING = at(started(PID), spawned('supervisord-shim', OWN))

const running = (pid: number, name = 'cat') =>
  ({ service_name: name, phase: 'running', pid }) as const
const gaveUp = { service_name: 'cat', phase: 'gave_up' } as const
const end = (pid: number, name = 'cat') => at(spawned(name, pid), exited(name, 'exit status 3'))
const GIVEN_UP = at(
  spawned('cat', 7),
  exited('cat', 'exit status 3'),
  'INFO gave up: cat entered FATAL state, too many start retries too quickly'
)

function open(log: string, changes: Partial<Supervisor> = {}) {
  const lines: string[] = []
  const errors: (string | undefined)[] = []
  const world = {
    log,
    alive: new Set<number>(),
    processes: [{ name: 'cat', group: 'cat', pid: 0 }],
    reads: 0,
    stocktakings: 0,
    maxBytes: 1024 * 1024,
    fails: undefined as Error | undefined,
  }
  const supervisor: Supervisor = {
    pid: PID,
    ownPid: OWN,
    startedAt: STARTED_AT,
    log: {
      get maxBytes() {
        return world.maxBytes
      },
      async read(bytes) {
        world.reads++
        if (world.fails !== undefined) throw world.fails
        return world.log.slice(-bytes)
      },
    },
    async readProcesses() {
      world.stocktakings++
      if (world.fails !== undefined) throw world.fails
      return world.processes
    },
    isAlive: pid => world.alive.has(pid),
    describe: error => describeFailure(error, 'unix:///run/supervisor.sock'),
    ...changes,
  }
  const lookup = new EndLookup({
    supervisor,
    log: createLog('info', line => lines.push(line)),
    onError: error => errors.push(error),
  })
  const warnings = () => lines.filter(line => line.includes('"level":40'))
  return { world, lookup, errors, lines, warnings }
}

const turn = () => new Promise(resolve => setTimeout(resolve, 5))

test('one reading of the log serves many that died together', async () => {
  const { world, lookup, errors } = open(BEGINNING + end(1) + end(2) + end(3))
  for (const pid of [1, 2, 3]) assert.deepEqual(await lookup.find(running(pid)), { exit_code: 3 })
  assert.equal(world.reads, 1)
  assert.equal(world.stocktakings, 0)
  assert.deepEqual(errors, [])
  world.log += end(4)
  assert.deepEqual(await lookup.find(running(4)), { exit_code: 3 })
  assert.equal(await lookup.find(running(1)), undefined, 'told once')
})

test('the log is read on from where it was read to', async () => {
  const { world, lookup } = open(BEGINNING)
  lookup.prepare()
  await turn()
  for (let pid = 1; pid < 200; pid++) {
    world.log += end(pid)
    assert.deepEqual(await lookup.find(running(pid)), { exit_code: 3 })
  }
  // Much at once, so that it is not in the first 3 KB.
  world.log += end(1000) + at(...Array(2000).fill('INFO waiting for cat to die'))
  assert.deepEqual(await lookup.find(running(1000)), { exit_code: 3 })
  assert.equal(world.stocktakings, 0)
})

test('what runs when the log does not reach back to the start is known by taking stock', async () => {
  const long = at(...Array(40_000).fill('INFO waiting for cat to die'))
  const { world, lookup, errors } = open(
    at(started(PID), spawned('cat', 7)) + long + at(spawned('supervisord-shim', OWN))
  )
  world.alive.add(7)
  world.processes = [{ name: 'cat', group: 'cat', pid: 7 }]
  lookup.prepare()
  await turn()
  world.alive.delete(7)
  world.log += at(exited('cat', 'terminated by SIGKILL'))
  assert.equal((await lookup.find(running(7)))?.signal, 'SIGKILL')
  assert.deepEqual(errors, [])
})

test('taking stock is of no use while something happens: it is done again', async () => {
  let stocktakings = 0
  const { world, lookup } = open(at(spawned('supervisord-shim', OWN)), {
    async readProcesses() {
      // While the first answer is on its way, the process ends and is started again.
      if (++stocktakings === 1) {
        world.log += at(exited('cat', 'exit status 1'), spawned('cat', 8))
        world.alive.delete(7).valueOf()
        world.alive.add(8)
      }
      return [{ name: 'cat', group: 'cat', pid: 8 }]
    },
  })
  world.alive.add(7)
  lookup.prepare()
  await turn()
  assert.equal(stocktakings, 2)
  world.alive.delete(8)
  world.log += at(exited('cat', 'exit status 2'))
  assert.deepEqual(await lookup.find(running(8)), { exit_code: 2 })
})

test('a log that was cut between two readings tells nothing, and then again', async () => {
  const { world, lookup } = open(BEGINNING)
  lookup.prepare()
  await turn()
  world.log = at(exited('cat', 'exit status 1'), spawned('cat', 8))
  world.alive.add(8)
  world.processes = [{ name: 'cat', group: 'cat', pid: 8 }]
  assert.equal(await lookup.find(running(7)), undefined)
  await turn()
  world.alive.delete(8)
  world.log += at(exited('cat', 'exit status 2'))
  assert.deepEqual(await lookup.find(running(8)), { exit_code: 2 })
})

test('what was known before a log that was cut is not told of what came after it', async () => {
  const { world, lookup } = open(BEGINNING + GIVEN_UP)
  lookup.prepare()
  await turn()
  world.log = at(exited('cat', 'exit status 1'), spawned('cat', 8))
  world.alive.add(8)
  assert.equal(await lookup.find(gaveUp), undefined)
})

test('of a log that is empty nothing is known, however much comes then', async () => {
  const { world, lookup } = open('')
  lookup.prepare()
  await turn()
  assert.equal(world.stocktakings, 0)
  world.log += end(7)
  assert.equal(await lookup.find(running(7)), undefined)
})

test('what an earlier supervisord has left in the log is of no interest', async () => {
  // The same pids, as in a container that was started again.
  const earlier = BEGINNING + at(spawned('cat', 7), exited('cat', 'terminated by SIGKILL'))
  const { world, lookup, errors } = open(earlier + BEGINNING + at(spawned('cat', 7)))
  assert.equal(await lookup.find(running(7)), undefined)
  world.log += at(exited('cat', 'exit status 1'))
  assert.deepEqual(await lookup.find(running(7)), { exit_code: 1 })
  assert.deepEqual(errors, [])

  // Now it says less, so that the earlier one's lines are the last.
  const quiet = open(earlier, { startedAt: STARTED_AT + 5 * 60_000 })
  assert.equal(await quiet.lookup.find(running(7)), undefined)
  await turn()
  assert.equal(await quiet.lookup.find(running(7)), undefined)
  assert.match(quiet.warnings()[0]!, /loglevel=info/)
})

test('a log without starts is one warning that says what to mend', async () => {
  const { world, lookup, errors, warnings } = open(at(exited('cat', 'exit status 1')))
  lookup.prepare()
  await turn()
  for (let pid = 1; pid < 5; pid++) assert.equal(await lookup.find(running(pid)), undefined)
  assert.equal(warnings().length, 1)
  assert.match(errors[0]!, /set loglevel=info and a file as logfile=/)
  world.log += at(exited('cat', 'exit status 2'))
  await lookup.find(running(5))
  assert.equal(errors.length, 1, 'it still tells of none')
  world.log += at(spawned('cat', 7))
  await lookup.find(running(7))
  assert.deepEqual(errors.slice(1), [undefined], 'it does tell of starts')
})

test('what fails is said once, with what to mend, until it is over', async () => {
  const gone = Object.assign(new Error('connect ENOENT'), { code: 'ENOENT' })
  const denied = Object.assign(new Error('connect EACCES'), { code: 'EACCES' })
  for (const [error, mend] of [
    [gone, /nobody listens on unix:.*ENOENT.*file=\/run\/supervisor\.sock/],
    [denied, /may not connect.*chmod=/],
    [new RpcFault('NO_FILE: None'), /set a file as logfile=/],
    [new RpcFault('FAILED'), /set a file as logfile=/],
    [new RpcFault('HTTP 401'), /SUPERVISOR_PASSWORD/],
    [new RpcFault('HTTP 404'), /rpcinterface/],
    [new Error('supervisord did not answer in time'), /in time/],
  ] as const) {
    const { world, lookup, errors, lines, warnings } = open(BEGINNING)
    world.fails = error
    lookup.prepare()
    await turn()
    for (let pid = 1; pid < 5; pid++) assert.equal(await lookup.find(running(pid)), undefined)
    assert.equal(warnings().length, 1)
    assert.match(warnings()[0]!, mend)
    assert.match(errors[0]!, mend)
    const isFast = 'code' in error
    // What is fast is tried again for each, what costs a report its time is not.
    assert.equal(world.reads, isFast ? 5 : 1)
    if (!isFast) continue
    world.fails = undefined
    world.log += end(7)
    assert.deepEqual(await lookup.find(running(7)), { exit_code: 3 })
    assert.deepEqual(errors.slice(1), [undefined])
    assert.equal(lines.filter(line => line.includes('exit_code and signal again')).length, 1)
  }
})

test('nobody listens: what to mend is of the kind that the URL is', () => {
  const gone = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
  assert.match(describeFailure(gone, 'unix:///run/s.sock'), /\[unix_http_server\]/)
  assert.match(describeFailure(gone, 'http://127.0.0.1:9001'), /\[inet_http_server\]/)
})

test('where there is nothing to ask, nothing is asked, and that is said', async () => {
  const { lookup, errors, warnings } = open('')
  assert.deepEqual(errors, [])
  const without: (string | undefined)[] = []
  const mute = new EndLookup({
    supervisor: 'supervisord.conf has no [unix_http_server]: add one',
    log: createLog('silent'),
    onError: error => without.push(error),
  })
  mute.prepare()
  assert.equal(await mute.find(running(1)), undefined)
  assert.match(without[0]!, /unix_http_server/)
  assert.equal(await lookup.find(running(1)), undefined)
  await turn()
  assert.match(warnings()[0]!, /loglevel/, 'a log that is always empty')
})

test('a flood that the log does not tell about is not asked about one by one', async () => {
  let readings = 0
  const log = BEGINNING + end(1)
  const { lookup } = open('', {
    log: {
      maxBytes: 32_768,
      async read() {
        readings++
        await new Promise(resolve => setTimeout(resolve, 50))
        return log
      },
    },
  })
  for (let pid = 2; pid < 100; pid++) assert.equal(await lookup.find(running(pid)), undefined)
  assert.equal(readings, 1)
})

test('no report waits for a supervisord that is busy with its start', async () => {
  const { lookup, warnings } = open('', {
    log: { maxBytes: 32_768, read: () => new Promise(() => {}) },
  })
  lookup.prepare()
  const askedAt = performance.now()
  assert.equal(await lookup.find(running(1)), undefined)
  assert.ok(performance.now() - askedAt < 20_000)
  assert.deepEqual(warnings(), [])
})

test('without a pid only a name that nobody else has tells', async () => {
  const sole = open(BEGINNING + GIVEN_UP)
  assert.deepEqual(await sole.lookup.find(gaveUp), { exit_code: 3 })
  assert.equal(sole.world.stocktakings, 1)

  const shared = open(BEGINNING + GIVEN_UP)
  shared.world.processes = [
    { name: 'cat', group: 'cat', pid: 0 },
    { name: 'cat', group: 'cat', pid: 9 },
  ]
  assert.equal(await shared.lookup.find(gaveUp), undefined)
  assert.deepEqual(shared.errors, [])
})

test('a service that could not be started, and a name that cannot be asked about', async () => {
  const startup = { service_name: 'cat', phase: 'startup' } as const
  const failed = open(BEGINNING + end(7))
  assert.deepEqual(await failed.lookup.find(startup), { exit_code: 3, pid: 7 })

  let isThere = false
  const { world, lookup, errors } = open(BEGINNING + GIVEN_UP, {
    async readProcesses() {
      if (isThere) return world.processes
      throw Object.assign(new Error('connect ENOENT'), { code: 'ENOENT' })
    },
  })
  assert.equal(await lookup.find(gaveUp), undefined)
  assert.match(errors[0]!, /nobody listens/)
  isThere = true
  world.log += end(9)
  assert.deepEqual(await lookup.find(startup), { exit_code: 3 })
  assert.deepEqual(errors.slice(1), [undefined])
})
