/**
 * The watcher on the real device: injected dumps, its reader killed, stopped, missing; the ring
 * overrun; and that it holds up nothing: no thread, no `close()`, no exit.
 */

import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import type { EventEnvelope, OomKillData } from '../../generated/types.ts'
import { sysmonPlugin } from '../../plugin/index.ts'
import { assertValid } from '../support/app.ts'
import { allowWrites, FIRST_PID, inject, killLine, overrun } from '../support/kernel-log.ts'
import { whyNoOomKills } from '../support/oom.ts'
import { PATIENCE_MS } from '../support/wait.ts'

const skip = whyNoOomKills() ?? false

async function watch(t: TestContext): Promise<{ app: FastifyInstance; events: EventEnvelope[] }> {
  assert.deepEqual(readerPids(), [], 'no reader of an earlier test is left')
  const app = Fastify()
  await app.register(sysmonPlugin)
  t.after(async () => {
    await app.close()
    await until(() => readerPids().length === 0, 'the end of the reader')
  })
  const events: EventEnvelope[] = []
  await app.ready()
  app.sysmon.subscribe(envelope => events.push(envelope))
  assert.equal(app.sysmon.health().kmsg.state, 'watching')
  return { app, events }
}

async function until(isTrue: () => boolean, what: string): Promise<void> {
  for (let tries = 0; !isTrue(); tries++) {
    if (tries === PATIENCE_MS / 10) throw new Error(`never came: ${what}`)
    await sleep(10)
  }
}

/** Those of these tests: any other is a real kill of somebody else's on this machine. */
const victims = (events: readonly EventEnvelope[]) =>
  events
    .filter(({ event }) => event.type === 'system_oom_kill')
    .map(({ event }) => (event.data as { pid: number }).pid)
    .filter(pid => pid >= FIRST_PID)

/** The watcher's own dd: children of this process that run. */
function readerPids(): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
        const [, comm, state, parent] = /^\d+ \((.*)\) (\S) (\d+) /.exec(stat)!
        return comm === 'dd' && state !== 'Z' && Number(parent) === process.pid
      } catch {
        return false
      }
    })
    .map(Number)
}

function readerPid(): number {
  const pids = readerPids()
  assert.equal(pids.length, 1, 'one reader runs')
  return pids[0]!
}

describe('the kmsg watcher', { skip }, () => {
  test('reads a dump that a person injects line by line, and marks it as written by userspace', async t => {
    allowWrites(t)
    const { events } = await watch(t)
    const { line, pid } = killLine()
    inject(
      'chromium invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=300',
      `CPU: 1 UID: 1000 PID: ${pid} Comm: chromium Not tainted 6.12.0 #1`,
      'Mem-Info:',
      'active_anon:1413442 inactive_anon:1509191 isolated_anon:0',
      ' free:4352 free_pcp:0 free_cma:0',
      'Node 0 DMA: 1*4kB (U) 0*8kB = 4kB',
      '524288 pages RAM',
      'Tasks state (memory values in pages):',
      '[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name',
      `[${pid}]  1000 ${pid}      250      158      150        7         1     8192        3           300 chromium`,
      '[    812]     0   812      100       50       50        0         0     4096        0             0 Xvfb :1',
      `oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=chromium,pid=${pid},uid=1000`,
      line
    )
    await until(() => victims(events).includes(pid), 'the injected kill')
    const { event } = events.find(({ event: { type } }) => type === 'system_oom_kill')!
    assert.equal(event.source.metadata?.facility, 'user')
    assert.equal(event.source.metadata?.partial, undefined)
    const { diagnosis, ...facts } = event.data as OomKillData
    assertValid('OomKillData', event.data)
    assert.match(diagnosis?.cause ?? '', /^the machine ran out of memory: .*chromium held 634 KiB/)
    assert.ok(diagnosis!.evidence.length > 0 && diagnosis!.next !== '')
    assert.deepEqual(facts, {
      process_name: 'chromium',
      pid,
      rss_kb: 634,
      constraint: 'none',
      mem_total_kb: 2_097_152,
      mem_free_kb: 17_408,
      top_tasks: [
        { pid, name: 'chromium', rss_kb: 632, role: 'renderer', inferred: true },
        { pid: 812, name: 'Xvfb :1', rss_kb: 200 },
      ],
      trigger_process_name: 'chromium',
      trigger_pid: pid,
      total_vm_kb: 1000,
      oom_score_adj: 300,
      uid: 0,
      swap_kb: 12,
      pgtables_kb: 8,
      task_memcg: '/',
      victim: { role: 'renderer', inferred: true },
    })
  })

  test('does not publish what was in the log before it started', async t => {
    allowWrites(t)
    const early = killLine()
    inject(early.line)
    const { events } = await watch(t)
    const late = killLine()
    inject(late.line)
    await until(() => victims(events).includes(late.pid), 'the later kill')
    assert.deepEqual(victims(events), [late.pid])
  })

  test('knows a dump from its head on that was half printed when it started', async t => {
    allowWrites(t)
    const { line, pid } = killLine()
    inject('early bird invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0')
    const { events } = await watch(t)
    inject('memory: usage 1000kB, limit 1000kB, failcnt 1', line)
    await until(() => victims(events).includes(pid), 'the kill')
    const data = events[0]!.event.data as { trigger_process_name?: string; memcg_limit_kb?: number }
    assert.equal(data.trigger_process_name, 'early bird')
    assert.equal(data.memcg_limit_kb, 1000)
  })

  test('starts a killed reader again; no record is lost and none is read twice', async t => {
    allowWrites(t)
    const { app, events } = await watch(t)
    const expected: number[] = []
    for (let round = 0; round < 3; round++) {
      const [before, during] = [killLine(), killLine()]
      inject(before.line)
      await until(() => victims(events).includes(before.pid), 'a kill before')
      await until(() => readerPids().length === 1, 'the reader')
      process.kill(readerPid(), 'SIGKILL')
      inject(during.line)
      await until(() => victims(events).includes(during.pid), 'a kill during the restart')
      await until(() => app.sysmon.health().kmsg.restarts === round + 1, 'the restart')
      expected.push(before.pid, during.pid)
    }
    assert.deepEqual(victims(events), expected)
    const { kmsg } = app.sysmon.health()
    assert.equal(kmsg.restarts, 3)
    assert.equal(kmsg.lost, 0)
  })

  test('counts exactly what the kernel overwrote, says so in an event, and goes on', async t => {
    allowWrites(t)
    const { app, events } = await watch(t)
    const reader = readerPid()
    const { last_seq: first } = app.sysmon.health().kmsg
    // More than any ring of a usual machine holds (2^17 to 2^20 bytes of text), and all within one
    // turn of the event loop, so that nothing of it is read meanwhile.
    overrun()
    const { line, pid } = killLine()
    inject(line)
    await until(() => victims(events).includes(pid), 'the kill after the overrun')
    const gaps = events.filter(({ event }) => event.type === 'telemetry_gap')
    const { kmsg } = app.sysmon.health()
    const lost = gaps.reduce((sum, { event }) => sum + (event.data as { lost: number }).lost, 0)
    assert.ok(lost > 0, 'the ring was overrun')
    assert.equal(kmsg.lost, lost)
    assert.equal((gaps[0]!.event.data as { source: string }).source, 'kmsg')
    assert.equal(gaps[0]!.event.category, 'monitor')
    // The sequence of the first record that is left tells how many are gone.
    assert.ok(first! + lost < kmsg.last_seq!)
    assert.equal(gaps.length, 1)
    assert.deepEqual(victims(events), [pid])
    assert.equal(readerPid(), reader, 'the reader survived EPIPE')
  })

  test('goes on without the child that wakes it: a reader that is stopped delays a kill, but loses none', async t => {
    allowWrites(t)
    const { events } = await watch(t)
    const reader = readerPid()
    process.kill(reader, 'SIGSTOP')
    const { line, pid } = killLine()
    inject(line)
    await until(() => victims(events).includes(pid), 'the kill')
    assert.deepEqual(victims(events), [pid])
  })

  test('follows without dd on the path by polling', async t => {
    allowWrites(t)
    const path = process.env.PATH
    process.env.PATH = '/nonexistent'
    t.after(() => {
      process.env.PATH = path
    })
    const { app, events } = await watch(t)
    await until(() => app.sysmon.health().kmsg.reader === 'poll', 'polling')
    assert.equal(app.sysmon.health().kmsg.restarts, 0)
    const { line, pid } = killLine()
    inject(line)
    await until(() => victims(events).includes(pid), 'the kill')
    assert.deepEqual(victims(events), [pid])
  })

  test('takes no thread of the pool, and lets the process end by itself without close()', () => {
    const script = `
      import { readFile } from 'node:fs/promises'
      import Fastify from ${JSON.stringify(import.meta.resolve('fastify'))}
      import { sysmonPlugin } from ${JSON.stringify(new URL('../../plugin/index.js', import.meta.url).href)}
      const app = Fastify()
      await app.register(sysmonPlugin)
      await app.ready()
      // With one thread, a reader in the pool would leave none for this.
      await readFile('/proc/self/status')
      console.log(app.sysmon.health().kmsg.state)
    `
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
      encoding: 'utf8',
      timeout: PATIENCE_MS,
    })
    assert.equal(printed, 'watching\n')
  })

  test('an application that is closed while it starts watches nothing afterwards', async () => {
    const app = Fastify() as FastifyInstance
    await app.register(sysmonPlugin, { stateDir: false })
    const listening = app.listen({ port: 0, host: '127.0.0.1' }).catch(() => {})
    await app.close()
    await listening
    // Fastify listens all the same.
    app.server.close()
    await sleep(100)
    assert.notEqual(app.sysmon.health().kmsg.state, 'watching')
    assert.deepEqual(readerPids(), [])
  })

  test('leaves no reader behind after close()', async t => {
    const { app } = await watch(t)
    const reader = readerPid()
    await app.close()
    await until(() => !existsSync(`/proc/${reader}`), 'the end of the reader')
    assert.equal(app.sysmon.health().kmsg.state, 'stopped')
  })

  test('never throws on records of any bytes', async t => {
    allowWrites(t)
    const { events } = await watch(t)
    for (let i = 0; i < 200; i++) {
      const bytes = Buffer.alloc(1 + ((i * 37) % 700), i)
      for (let at = 0; at < bytes.length; at++) bytes[at] = (i * 131 + at * 17) % 256 || 1
      writeFileSync('/dev/kmsg', Buffer.concat([Buffer.from('<6>'), bytes, Buffer.from('\n')]))
    }
    const { line, pid } = killLine()
    inject(line)
    await until(() => victims(events).includes(pid), 'the kill')
  })
})

test('without the device the application stays up and says why', async t => {
  const lines: string[] = []
  const app = Fastify({
    logger: { level: 'info', stream: { write: (line: string) => void lines.push(line) } },
  })
  t.after(() => app.close())
  await app.register(sysmonPlugin, { kmsgPath: '/nonexistent/kmsg' })
  const response = await app.inject('/healthz')
  assert.equal(response.statusCode, 503)
  assert.equal(response.json().kmsg.state, 'unavailable')
  assert.match(response.json().kmsg.error, /there is no \/nonexistent\/kmsg/)
  assert.equal(lines.filter(line => line.includes('OOM kills will not be reported')).length, 1)
  assert.equal((await app.inject('/telemetry')).statusCode, 200)
})

test('a device that is not the kernel log is refused by name', async t => {
  const app = Fastify()
  t.after(() => app.close())
  await app.register(sysmonPlugin, { kmsgPath: '/dev/null' })
  assert.match(
    (await app.inject('/healthz')).json().kmsg.error,
    /\/dev\/null is not the kernel log device/
  )
})

test(
  'without permission the server stays up and says what would give it',
  {
    skip: process.getuid?.() !== 0 ? 'not root: cannot run the server as another user' : false,
  },
  async t => {
    const script = `
    import Fastify from ${JSON.stringify(import.meta.resolve('fastify'))}
    import { sysmonPlugin } from ${JSON.stringify(new URL('../../plugin/index.js', import.meta.url).href)}
    process.setuid(65534)
    const app = Fastify()
    await app.register(sysmonPlugin)
    await app.ready()
    console.log(JSON.stringify(app.sysmon.health()))
  `
    const before = readFileSync('/proc/sys/kernel/dmesg_restrict', 'utf8')
    if (before.trim() !== '1') {
      writeFileSync('/proc/sys/kernel/dmesg_restrict', '1')
      t.after(() => writeFileSync('/proc/sys/kernel/dmesg_restrict', before))
    }
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    for await (const chunk of child.stdout) printed += chunk
    const health = JSON.parse(printed)
    assert.equal(health.status, 'degraded')
    assert.match(health.kmsg.error, /not permitted: run with CAP_SYSLOG/)
  }
)
