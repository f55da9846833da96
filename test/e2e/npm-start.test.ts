/** `npm start`: the server is what npm started, with no shell between that keeps a signal to itself. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { waitUntil } from '../sinks/support.ts'

test('SIGTERM to npm ends the server, and npm with it', async t => {
  const stateDir = mkdtempSync(join(tmpdir(), 'sysmon-npm-'))
  const npm = spawn('npm', ['start'], {
    env: { ...process.env, PORT: '0', SYSMON_STATE_DIR: stateDir, SYSMON_KMSG_PATH: 'false' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let pid = 0
  t.after(() => {
    for (const each of [npm.pid!, pid]) {
      try {
        if (each > 0) process.kill(each, 'SIGKILL')
      } catch {
        // It has ended.
      }
    }
    rmSync(stateDir, { recursive: true })
  })
  let output = ''
  npm.stdout.setEncoding('utf8').on('data', text => {
    output += text
  })
  await waitUntil(() => output.includes('Server listening'), `the server: ${output}`)
  pid = Number(/"pid":(\d+)/.exec(output)![1])
  const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1])
  assert.equal(parent, npm.pid, 'there is no shell between')
  const ended = once(npm, 'exit')
  npm.kill('SIGTERM')
  await ended
  await waitUntil(() => {
    try {
      process.kill(pid, 0)
      return false
    } catch {
      return true
    }
  }, 'the end of the server')
  assert.match(output, /"signal":"SIGTERM","msg":"stopping"/)
})
