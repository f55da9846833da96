/**
 * What it costs while nothing happens: `sysmon serve` with its child, and the shim, beside a watcher with
 * cadvisor's oomparser and a listener in Go, and a listener in Python. All wait side by side for the same
 * minute, so that what else happens on the machine, and what the kernel logs, comes to all of them.
 *
 * Processor time to the nanosecond (/proc/PID/task/TID/schedstat), and how often a thread that waited was
 * woken (`voluntary_ctxt_switches` of its status).
 */

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { PATH, SHIM } from '../test/shim/shim-process.ts'
import { SYSMON } from '../test/support/server.ts'
import { type Figure, figure } from './figures.ts'

interface Waiting {
  readonly name: 'serve' | 'shim' | 'Go watcher' | 'Go listener' | 'Python listener'
  readonly pid: number
}

interface Cost {
  readonly cpuMs: number
  readonly wakeUps: number
}

const PEERS = fileURLToPath(new URL('../../bench/peers/', import.meta.url))
/** What a start leaves behind is done then. */
const SETTLED_MS = 10_000
const SECONDS = 60
/** In that time. */
const LEAST: Readonly<Cost> = { cpuMs: 0.1, wakeUps: 1 }

export async function idle(log: (line: string) => void): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-idle-'))
  const children: ChildProcess[] = []
  try {
    const waiting: Waiting[] = []
    const start = async (name: Waiting['name'], command: readonly string[], isListener = false) => {
      const child = spawn(command[0]!, command.slice(1), {
        env: {
          PATH,
          PORT: '0',
          SYSMON_STATE_DIR: join(folder, 'state'),
          KERNEL_IMAGES_API_BASE_URL: 'http://127.0.0.1:9',
        },
        stdio: ['pipe', 'pipe', 'ignore'],
      })
      children.push(child)
      if (isListener) await once(child.stdout!, 'data')
      waiting.push({ name, pid: child.pid! })
    }
    await start('serve', [process.execPath, SYSMON, 'serve'])
    await start('shim', [SHIM], true)
    await start('Python listener', ['python3', join(PEERS, 'listener.py')], true)
    if (spawnSync('go', ['version']).status === 0) {
      await start('Go listener', [build(folder, 'listener', 'listener.go')], true)
      await start('Go watcher', [build(folder, 'watcher', '.', 'oomparser/watch')])
    } else {
      log('idle: the peers in Go are left out: there is no go to build them with')
    }
    await sleep(SETTLED_MS)
    const before = new Map(waiting.map(({ name, pid }) => [name, costOf(pid)]))
    await sleep(SECONDS * 1000)
    const spent = new Map(
      waiting.map(({ name, pid }) => {
        const [now, then] = [costOf(pid), before.get(name)!]
        const cost = { cpuMs: now.cpuMs - then.cpuMs, wakeUps: now.wakeUps - then.wakeUps }
        log(`idle: ${name}: ${cost.cpuMs.toFixed(1)} ms, ${cost.wakeUps} wake-ups in ${SECONDS} s`)
        return [name, cost]
      })
    )
    // A peer that slept all the time has no ratio: it counts as LEAST.
    const sum = (names: readonly Waiting['name'][], of: keyof Cost) =>
      names.reduce((total, name) => total + Math.max(spent.get(name)![of], LEAST[of]), 0)
    const compare = (
      suffix: string,
      ours: Waiting['name'][],
      theirs: Waiting['name'][],
      peer: string
    ): Figure[] => [
      figure(
        `idle${suffix}`,
        '% of a core',
        sum(ours, 'cpuMs') / SECONDS / 10,
        sum(theirs, 'cpuMs') / SECONDS / 10,
        peer
      ),
      figure(
        `idle${suffix}, wake-ups`,
        'a second',
        sum(ours, 'wakeUps') / SECONDS,
        sum(theirs, 'wakeUps') / SECONDS,
        peer
      ),
    ]
    const shim = compare(', shim', ['shim'], ['Python listener'], 'Python listener')
    if (!spent.has('Go watcher')) return shim
    const pair = ['Go watcher', 'Go listener'] as const
    return [...compare('', ['serve', 'shim'], [...pair], 'cadvisor and a listener in Go'), ...shim]
  } finally {
    for (const child of children) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

function build(folder: string, name: string, what: string, module = ''): string {
  const binary = join(folder, name)
  execFileSync('go', ['build', '-o', binary, what], { cwd: join(PEERS, module), stdio: 'inherit' })
  return binary
}

/** Of a process with its children. */
function costOf(pid: number): Cost {
  let cpuMs = 0
  let wakeUps = 0
  for (const one of [pid, ...childrenOf(pid)]) {
    for (const thread of readdirSync(`/proc/${one}/task`)) {
      const task = `/proc/${one}/task/${thread}`
      cpuMs += Number(readFileSync(`${task}/schedstat`, 'latin1').split(' ')[0]) / 1e6
      const status = readFileSync(`${task}/status`, 'latin1')
      wakeUps += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1])
    }
  }
  return { cpuMs, wakeUps }
}

/** Milliseconds of processor time so far, of a process with its children. */
export function cpuMsOfAll(pid: number): number {
  return costOf(pid).cpuMs
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap(thread =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number)
  )
}
