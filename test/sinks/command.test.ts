/** A program run for each event: what it gets, and what becomes of one that fails, hangs or is not there. */

import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { EventEnvelope } from '../../generated/types.ts'
import { sealEnvelope } from '../../plugin/events/envelope.ts'
import { CommandSink } from '../../plugin/sinks/command/command-sink.ts'
import { PATIENCE_MS } from '../support/wait.ts'
import {
  isDone,
  post,
  rejectionGaps,
  startSinkServer,
  temporaryFolder,
  untilSink,
} from './support.ts'

const crash = (n: number) => ({
  type: 'service_crashed',
  data: { service_name: `service-${n}`, phase: 'running' },
})

/** @returns its path; `$OUT` in it is a file, whose path is the second */
function program(t: TestContext, script: string): [string, string] {
  const folder = temporaryFolder(t)
  const path = join(folder, 'program')
  const out = join(folder, 'out')
  writeFileSync(path, `#!/bin/sh\nOUT=${out}\n${script}\n`)
  chmodSync(path, 0o755)
  return [path, out]
}

test('each event once, in order: the envelope, its sentence, and no secret of the server', async t => {
  const [path, out] = program(
    t,
    'cat >> $OUT; echo >> $OUT; echo "$SYSMON_SEQ $SYSMON_TYPE $SYSMON_SENTENCE" >> $OUT.names; env >> $OUT.env'
  )
  const server = await startSinkServer(t, {
    SYSMON_ON_EVENT: path,
    SYSMON_TOKEN: '',
    SECRET: 'secret-part',
  })
  await post(server.url, { type: 'note', category: 'console' })
  for (let n = 1; n <= 5; n++) await post(server.url, crash(n))
  await untilSink(server.url, 'command', each => isDone(each) && each.delivered >= 5)
  const events = readFileSync(out, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as EventEnvelope)
  const crashes = events.filter(({ event }) => event.type === 'service_crashed')
  assert.deepEqual(
    crashes.map(({ event }) => (event.data as { service_name: string }).service_name),
    [1, 2, 3, 4, 5].map(n => `service-${n}`)
  )
  assert.match(
    readFileSync(`${out}.names`, 'utf8'),
    /^\d+ service_crashed service-1 died while it was running \(posted over HTTP\)$/m
  )
  assert.ok(!readFileSync(`${out}.env`, 'utf8').includes('secret-part'))
})

test('one that fails is run again; after five times the event is given up and told', async t => {
  const [path, out] = program(
    t,
    'echo x >> $OUT; case "$(cat)" in *service-1*) echo "no pager" >&2; exit 3;; esac'
  )
  const server = await startSinkServer(t, { SYSMON_ON_EVENT: path })
  await post(server.url, crash(1))
  await post(server.url, crash(2))
  const { rejected } = await untilSink(
    server.url,
    'command',
    each => isDone(each) && each.rejected > 0
  )
  assert.equal(rejected, 1)
  assert.match(JSON.stringify(await rejectionGaps(server.url)), /ended with status 3: no pager/)
  assert.ok(readFileSync(out, 'utf8').length / 2 >= 6)
})

test('each event is tried as often, whatever became of the one before', async t => {
  const [path] = program(t, 'exit 3')
  const sink = new CommandSink(path)
  const { signal } = new AbortController()
  for (const seq of [1, 2]) {
    const source = { kind: 'cdp' } as const
    const event = sealEnvelope(seq, { ts: 1, type: 'a', category: 'system', source })
    for (let tries = 1; tries <= 5; tries++) {
      const fault = tries < 5 ? 'retry' : 'rejected'
      await assert.rejects(sink.deliver([event], signal), { fault }, `${tries} of event ${seq}`)
    }
  }
})

test('one that is not there, or may not be run, is named', async t => {
  const folder = temporaryFolder(t)
  const plain = join(folder, 'plain')
  writeFileSync(plain, '')
  for (const path of ['/nonexistent/program', plain]) {
    const server = await startSinkServer(t, { SYSMON_ON_EVENT: path })
    await post(server.url, crash(1))
    const { error } = await untilSink(server.url, 'command', ({ state }) => state === 'refused')
    assert.ok(error!.startsWith(`${path} cannot be run: `), error)
    await server.stop()
  }
  const server = await startSinkServer(t, { SYSMON_ON_EVENT: 'program' })
  const { error } = await untilSink(server.url, 'command', ({ state }) => state === 'misconfigured')
  assert.match(error!, /SYSMON_ON_EVENT must be an absolute path/)
})

test('one that is taken away costs no event: it waits until the program is back', async t => {
  const [path] = program(t, 'exit 0')
  const event = sealEnvelope(1, { ts: 1, type: 'a', category: 'system', source: { kind: 'cdp' } })
  const sink = new CommandSink(path)
  const { signal } = new AbortController()
  await sink.connect()
  renameSync(path, `${path}.away`)
  for (let tries = 0; tries < 7; tries++) {
    await assert.rejects(sink.deliver([event], signal), { fault: 'refused', reconnect: true })
  }
  await assert.rejects(sink.connect(), { fault: 'refused' })
  renameSync(`${path}.away`, path)
  await sink.connect()
  assert.deepEqual(await sink.deliver([event], signal), {})
})

test('one that hangs is ended with all that it started; one that reads nothing does no harm', async t => {
  const [path, out] = program(t, 'echo $$ > $OUT; sleep 1000 & wait')
  const event = sealEnvelope(1, {
    ts: 1,
    type: 'a',
    category: 'system',
    source: { kind: 'cdp' },
    data: 'x'.repeat(500_000),
  })
  const controller = new AbortController()
  const delivery = new CommandSink(path).deliver([event], controller.signal)
  while (!existsSync(out) || readFileSync(out, 'utf8') === '')
    await new Promise(done => setTimeout(done, 10))
  const group = Number(readFileSync(out, 'utf8'))
  controller.abort(new Error('over'))
  await assert.rejects(delivery, /was ended by SIGKILL/)
  const deadline = Date.now() + PATIENCE_MS
  const isAlive = () => {
    try {
      process.kill(-group, 0)
      return true
    } catch {
      return false
    }
  }
  while (isAlive() && Date.now() < deadline) await new Promise(done => setTimeout(done, 10))
  assert.ok(!isAlive())
  const [deaf] = program(t, 'exit 0')
  assert.deepEqual(await new CommandSink(deaf).deliver([event], new AbortController().signal), {})
})

test('no name is too long, or of such characters, that the program could not get it', async t => {
  const [path, out] = program(t, 'printf "%s\\n" "$SYSMON_TYPE: $SYSMON_SENTENCE." >> $OUT')
  const sink = new CommandSink(path)
  const crashOf = (service_name: string) => ({
    type: 'service_crashed',
    data: { service_name, phase: 'running' },
  })
  const source = { kind: 'local_process' } as const
  for (const input of [crashOf('x'.repeat(200_000)), crashOf('a\0b'), { type: 'a\0b' }]) {
    const event = sealEnvelope(1, { ts: 1, category: 'system', source, ...input })
    assert.deepEqual(await sink.deliver([event], new AbortController().signal), {})
  }
  const [long, ...others] = readFileSync(out, 'utf8').trimEnd().split('\n')
  assert.match(long!, /^service_crashed: x{2000}\.$/)
  assert.deepEqual(others, ['service_crashed: a\\x00b died while it was running.', 'a\\x00b: .'])
})

test('of one that prints without end no more is held than is told', async t => {
  const [path] = program(
    t,
    'cat > /dev/null; [ -e $OUT ] && exit 0; touch $OUT; yes | head -c 200M >&2; exit 3'
  )
  const server = await startSinkServer(t, {
    SYSMON_ON_EVENT: path,
    NODE_OPTIONS: '--max-old-space-size=80',
  })
  await post(server.url, crash(1))
  const { failures, error } = await untilSink(
    server.url,
    'command',
    each => isDone(each) && each.delivered > 0
  )
  assert.equal(failures, 1)
  assert.match(error!, /ended with status 3: y/)
  assert.ok(error!.length < 2000, error)
})
