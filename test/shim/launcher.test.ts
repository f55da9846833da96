/** The launcher: the package's bin, found by a link, and Nodes that are not those it was written for. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { waitFor } from '../support/wait.ts'
import { notification, PATH, SHIM, startShim, temporaryFolder } from './shim-process.ts'

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
  await waitFor(
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

test('what is set for other Nodes does not reach this one; whom to trust does', async t => {
  const folder = temporaryFolder(t)
  const kept = ['NODE_EXTRA_CA_CERTS', 'NODE_ICU_DATA', 'NODE_TLS_REJECT_UNAUTHORIZED']
  const shim = await startShim(t, {
    env: {
      NODE_OPTIONS: '--require=/nonexistent --max-old-space-size=1',
      NODE_CHANNEL_FD: '3', // With no such descriptor, a Node aborts.
      NODE_DEBUG: 'fs,http,net',
      NODE_V8_COVERAGE: join(folder, 'coverage'),
      NODE_COMPILE_CACHE: join(folder, 'cache'),
      NODE_REDIRECT_WARNINGS: join(folder, 'warnings'),
      NODE_PATH: folder,
      NODE_OF_A_LATER_VERSION: '1',
      // Of these, too, words are taken for names: they must not stop the launcher.
      OTHER: 'a NODE_a-b=c * $(exit 1) `exit 1` "\'\nNODE_d=e',
      NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt',
      NODE_TLS_REJECT_UNAUTHORIZED: '1',
      NODE_ICU_DATA: '',
    },
  })
  shim.write(notification({}, 'processname:a groupname:a from_state:RUNNING expected:0 pid:1'))
  await shim.until(() => shim.posted().length === 1, 'the crash')
  const environment = readFileSync(`/proc/${shim.process.pid}/environ`, 'utf8').split('\0')
  const names = environment.map(text => text.split('=')[0]!)
  assert.deepEqual(names.filter(name => name.startsWith('NODE_')).sort(), kept)
  assert.ok(environment.some(text => text.startsWith('OTHER=a NODE_a-b=c * $(exit 1) `exit 1`')))
  shim.kill('SIGTERM')
  assert.equal(await shim.ended, 0)
  assert.deepEqual(readdirSync(folder), [])
})

test('supervisord hears the protocol and nothing else, whatever is printed', async t => {
  const folder = temporaryFolder(t)
  writeFileSync(
    join(folder, 'print.cjs'),
    `const { execSync } = require('node:child_process')
const { writeSync } = require('node:fs')
console.log('at the start')
process.stdout.write('READY\\n')
execSync('echo by a child', { stdio: 'inherit' })
setInterval(() => { console.info('later'); writeSync(1, 'RESULT 4\\nFAIL') }, 5).unref()
process.on('exit', () => console.log('at the end'))`
  )
  // What loads it does not ask NODE_OPTIONS: an injector may stand before Node itself.
  writeFileSync(
    join(folder, 'node'),
    `#!/bin/sh\nexec '${process.execPath}' --require '${folder}/print.cjs' "$@"\n`,
    { mode: 0o755 }
  )
  const shim = await startShim(t, { env: { PATH: `${folder}:${PATH}` } })
  for (let serial = 1; serial <= 3; serial++) {
    shim.write(notification({ serial, poolserial: serial - 1, eventname: 'TICK_5' }, 'when:1'))
    await shim.until(() => shim.said().split('RESULT').length === serial + 1, 'an answer')
  }
  shim.kill('SIGTERM')
  assert.equal(await shim.ended, 0)
  assert.equal(shim.said(), `READY\n${'RESULT 2\nOKREADY\n'.repeat(3)}`)
  for (const words of ['at the start', 'by a child', 'later', 'FAIL', 'at the end']) {
    assert.match(shim.log(), new RegExp(words))
  }
})

test('it starts without a standard error', () => {
  const { stdout, status } = spawnSync('sh', ['-c', `'${SHIM}' --help 2>&-`], {
    encoding: 'utf8',
    env: { PATH },
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
