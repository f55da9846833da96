/** The launcher: the package's bin, found by a link, and Nodes that are not those it was written for. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SHIM, startShim, temporaryFolder, waitUntil } from './shim-process.ts'

test('it becomes Node, which gets the flags', async t => {
  const shim = await startShim(t)
  await shim.until(() => shim.said() === 'READY\n', 'READY')
  const words = readFileSync(`/proc/${shim.process.pid}/cmdline`, 'utf8').split('\0')
  assert.equal(words[0], 'node')
  assert.ok(words.includes('--expose-gc'))
})

test('what is idle gives its garbage back', async t => {
  const [major] = process.versions.node.split('.')
  if (Number(major) < 22) return t.skip("Node 20's gc() does not tell from outside: 0.1 MB")
  const shim = await startShim(t)
  await shim.until(() => shim.said() === 'READY\n', 'READY')
  const before = privateKib(shim.process.pid!)
  await waitUntil(
    () => privateKib(shim.process.pid!) < before - 512,
    '512 KiB less than at its start'
  )
})

test('a link to it works, as npm makes one', t => {
  const folder = temporaryFolder(t)
  symlinkSync(SHIM, join(folder, 'supervisord-shim'))
  const { stdout } = spawnSync(join(folder, 'supervisord-shim'), ['--help'], {
    encoding: 'utf8',
    env: { PATH: `${folder}:${process.env.PATH}` },
  })
  assert.match(stdout, /^Usage: supervisord-shim/)
})

test('a Node that has dropped one of the flags runs it without them', t => {
  const folder = temporaryFolder(t)
  const node = `case " $* " in *' --no-sparkplug '*) exit 9;; esac\nexec '${process.execPath}' "$@"`
  writeFileSync(join(folder, 'node'), `#!/bin/sh\n${node}\n`, { mode: 0o755 })
  const { stdout, status } = spawnSync(SHIM, ['--help'], {
    encoding: 'utf8',
    env: { PATH: `${folder}:/usr/bin:/bin` },
  })
  assert.match(stdout, /^Usage: supervisord-shim/)
  assert.equal(status, 0)
})

test('without a Node it says what to mend, and does not make supervisord restart it at once', t => {
  const bin = join(temporaryFolder(t), 'bin')
  mkdirSync(bin)
  for (const tool of ['sh', 'sleep']) symlinkSync(`/bin/${tool}`, join(bin, tool))
  const startedAt = performance.now()
  const { stderr, status } = spawnSync(SHIM, [], { encoding: 'utf8', env: { PATH: bin } })
  assert.equal(status, 127)
  assert.match(stderr, /no node in PATH/)
  assert.ok(performance.now() - startedAt > 4000)
})

function privateKib(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kib = [...rollup.matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm)]
  return kib.reduce((sum, match) => sum + Number(match[1]), 0)
}
