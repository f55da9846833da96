/** What docs/peers-oom-analyser.md says is in `--json`, is in it: each path of the table, of some dump. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { buildDump, linesOf } from '../oom/dump-builder.ts'

const COMMAND = fileURLToPath(new URL('../../plugin/cli/sysmon.js', import.meta.url))
const DOCUMENT = 'docs/peers-oom-analyser.md'

function kill(lines: readonly string[]): object {
  const input = lines.join('\n')
  const { stdout } = spawnSync(process.execPath, [COMMAND, 'explain', '--json'], {
    input,
    encoding: 'utf8',
  })
  return JSON.parse(stdout.split('\n')[0]!) as object
}

/** A dump of the machine's memory and one of a group of version 1, each with all that kernels print. */
function kills(): object[] {
  const dump = buildDump()
  const { memory, kill: last, cpu } = dump
  const announced = 'Out of memory: Kill process 4711 (chrome) score 912 or sacrifice child'
  const whole = {
    ...dump,
    // The release of a distribution that names the architecture.
    cpu: cpu.map(line => line.replace('6.12.9', '6.12.9-1-amd64')),
    memory: [...memory, '4096 pages cma reserved'],
    kill: [announced, ...last],
  }
  const { memory: figures, ...group } = buildDump({ kind: 'memcg' })
  const more = [
    'memory+swap: usage 8kB, limit 16kB, failcnt 0',
    'kmem: usage 8kB, limit 9007199254740988kB, failcnt 0',
  ]
  return [kill(linesOf(whole)), kill(linesOf({ ...group, memory: [...figures, ...more] }))]
}

test('each path of the table is in the output', () => {
  const paths = [
    ...readFileSync(DOCUMENT, 'utf8').matchAll(/^\| [^|]+ \| `((?:data|dump)\.[\w.+]+)` \|/gm),
  ]
  assert.ok(paths.length > 35, `${paths.length} paths`)
  const printed = kills()
  const missing = paths
    .map(([, path]) => path!)
    .filter(path => !printed.some(one => at(one, path) !== undefined))
  assert.deepEqual(missing, [])
})

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value)
}
