/** The table of real processes: what it knows of them before they die, and what it costs. */

import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import Fastify from 'fastify'
import { type KnownProcess, ProcessTable } from '../../plugin/processes/table.ts'
import { identify } from '../../plugin/processes/victim.ts'
import { Chromium, sleep, whyNoChromium } from '../support/chromium.ts'
import { openDescriptors } from '../support/open-descriptors.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { waitFor } from '../support/wait.ts'

function startTable(t: TestContext): ProcessTable {
  const table = new ProcessTable(Fastify().log)
  t.after(() => table.close())
  table.start()
  return table
}

async function known(table: ProcessTable, pid: number, has: (one: KnownProcess) => boolean) {
  for (let tries = 0; tries < 400; tries++) {
    const process = table.find(pid)
    if (process !== undefined && has(process)) return process
    await sleep(25)
  }
  return assert.fail(`${pid} is not known: ${JSON.stringify(table.find(pid))}`)
}

function start(t: TestContext, command: string, ...args: string[]): ChildProcess {
  const child = spawn(command, args, { stdio: 'ignore' })
  t.after(() => child.kill('SIGKILL'))
  return child
}

test('a table that is closed leaves nothing open', async () => {
  const before = openDescriptors()
  for (let n = 0; n < 5; n++) {
    const table = new ProcessTable(Fastify().log)
    // Once it has seen all processes, it asks whether memory is short.
    for (let seen = -1; seen < table.size; ) {
      seen = table.size
      table.start()
    }
    table.close()
  }
  // A command line that is being read is read to its end.
  await waitFor(() => openDescriptors() <= before, 'the end of all')
})

const NO_NAMESPACE =
  process.getuid?.() !== 0 && 'not root: no namespace of its own, and others start processes'

/** Runs a program of this folder where nobody else starts processes. @returns what it printed */
function runAlone(name: string): unknown {
  const program = fileURLToPath(new URL(`./${name}.js`, import.meta.url))
  const own = ['--pid', '--fork', '--mount-proc', '--kill-child', process.execPath, program]
  const { stdout, stderr } = spawnSync('unshare', own, { encoding: 'utf8' })
  return JSON.parse(stdout || assert.fail(stderr))
}

const nowUs = () => Date.now() * 1000
const facts = (pid: number, name: string) => ({ pid, process_name: name, rss_kb: 1 })

test('a process that is dead by now is known as it was, without its arguments', async t => {
  const table = startTable(t)
  const before = Date.now() * 1000
  const child = start(t, 'tail', '-f', '/dev/null', '/secret')
  const sleeper = await known(table, child.pid!, one => one.executable !== undefined)
  assert.equal(sleeper.name, 'tail')
  assert.ok(!JSON.stringify(sleeper).includes('secret'))
  child.kill('SIGKILL')
  await sleep(1500)
  const { victim } = identify(facts(child.pid!, 'tail') as never, nowUs(), table, true) as {
    victim: Record<string, unknown>
  }
  assert.equal(victim.executable, 'tail')
  assert.ok(Math.abs((victim.started_at as number) - before) < 2_000_000)
  const early = identify(facts(child.pid!, 'tail') as never, before - 1_000_000, table, true) as {
    victim?: unknown
  }
  assert.equal(early.victim, undefined, 'what was killed before it began was another')
  const other = identify(facts(child.pid!, 'other') as never, nowUs(), table, true) as {
    victim?: unknown
  }
  assert.equal(other.victim, undefined, 'the pid may be another by now')
  const contained = identify(facts(child.pid!, 'tail') as never, nowUs(), table, false) as {
    victim?: unknown
  }
  assert.equal(contained.victim, undefined, 'in a container the pid says nothing')
})

test('a process is known until a minute after its death, for a report that comes late, and then forgotten', async t => {
  const now = performance.now.bind(performance)
  let laterMs = 0
  t.mock.method(performance, 'now', () => now() + laterMs)
  const table = startTable(t)
  const child = start(t, 'sleep', '1000')
  await known(table, child.pid!, () => true)
  child.kill('SIGKILL')
  await once(child, 'exit')
  // It looks when it is started, and sees who is dead where the kernel has given a new pid.
  const look = () => {
    spawnSync('true')
    table.start()
    return table.find(child.pid!)?.name
  }
  assert.equal(look(), 'sleep')
  laterMs = 30_000
  assert.equal(look(), 'sleep')
  laterMs = 61_000
  assert.equal(look(), undefined)
})

test('a name that the kernel cut within a character is the one that its kill has', async t => {
  const table = startTable(t)
  const file = join(temporaryFolder(t), 'é'.repeat(10))
  symlinkSync('/bin/sh', file)
  const child = spawn(file, ['-c', 'read line', '--type=renderer'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  t.after(() => child.kill('SIGKILL'))
  const name = 'ééééééé\\xc3'
  await known(table, child.pid!, one => one.name === name && one.role !== undefined)
  const asTask = { ...facts(child.pid!, name), top_tasks: [{ pid: child.pid!, name, rss_kb: 1 }] }
  const killed = identify(asTask as never, nowUs(), table, true) as unknown as {
    victim: Record<string, unknown>
    top_tasks: Record<string, unknown>[]
  }
  assert.equal(killed.victim.role, 'renderer')
  assert.equal(killed.top_tasks[0]!.role, 'renderer')
  const contained = identify(facts(child.pid!, name) as never, nowUs(), table, false) as {
    victim?: Record<string, unknown>
  }
  assert.equal(contained.victim?.role, 'renderer', 'all that have this name are renderers')
})

test(
  'a service of supervisord, and what it starts',
  { skip: process.getuid?.() !== 0 && 'not root' },
  async t => {
    const table = startTable(t)
    // Named as supervisord is: its children have the names of their services in their environment.
    const script = `printf supervisord > /proc/$$/comm; SUPERVISOR_PROCESS_NAME=browser sh -c "sh -c 'sleep 1000 & wait' & wait" & wait`
    const supervisor = start(t, 'bash', '-c', script)
    const below = (pid: number): number[] => {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
        .split(' ')
        .filter(Boolean)
        .map(Number)
      return [...children, ...children.flatMap(below)]
    }
    let all: number[] = []
    t.after(() => {
      for (const pid of all) process.kill(pid, 'SIGKILL')
    })
    await waitFor(() => {
      all = below(supervisor.pid!)
      return all.length === 3
    }, 'the last of them')
    const [service, ...started] = all
    await known(table, service!, one => one.serviceName === 'browser')
    for (const pid of started) {
      const one = await known(table, pid, ({ executable }) => executable !== undefined)
      assert.equal(table.serviceOf(one), 'browser')
    }
  }
)

test('the roles of a real Chromium', { skip: whyNoChromium() ?? false }, async t => {
  const table = startTable(t)
  const browser = await Chromium.start(t)
  await browser.open('data:text/html,page')
  const all = await browser.processes()
  for (const [type, role] of [
    [/^browser$/, 'browser'],
    [/^renderer$/, 'renderer'],
    [/^GPU$/, 'gpu'],
    [/^network/, 'network'],
    [/^storage/, 'utility'],
  ] as const) {
    const one = all.find(process => type.test(process.type))!
    await known(table, one.id, process => process.role === role)
  }
  const renderer = all.find(({ type }) => type === 'renderer')!
  const { victim } = identify(facts(renderer.id, 'chromium') as never, nowUs(), table, true) as {
    victim: Record<string, unknown>
  }
  assert.equal(victim.role, 'renderer')
  assert.equal(victim.inferred, undefined, 'it is known')
})

test(
  'who has the pid of another is not taken for it, and is known once that is seen dead',
  {
    skip: NO_NAMESPACE,
  },
  () => {
    assert.deepEqual(runAlone('pid-used-again'), { unnoticed: 'sleep', noticed: 'cat' })
  }
)

test('idle, with 500 processes, none of them is read again', { skip: NO_NAMESPACE }, t => {
  const { share, reads, processes } = runAlone('idle-process') as Record<string, number>
  t.diagnostic(`${(share! * 100).toFixed(4)} % of a core, ${reads} reads in 10 s`)
  assert.ok(processes! > 500)
  // Two files each two seconds say whether there is anything to see, each 200 ms where memory is short, as it
  // may be after other tests. What a look costs, the machine decides.
  assert.ok(reads! > 0 && reads! < 200, `${reads} reads`)
})
