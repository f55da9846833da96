/** `npm start`: the server is what npm started, with no shell between that keeps a signal to itself. */

import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { SYSMON } from '../support/server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { waitFor } from '../support/wait.ts'

test('SIGTERM to npm ends the server, and npm with it', async t => {
  const stateDir = mkdtempSync(join(tmpdir(), 'sysmon-npm-'))
  const npm = spawn('npm', ['start'], {
    env: { ...process.env, PORT: '0', SYSMON_STATE_DIR: stateDir, SYSMON_KMSG_PATH: 'false' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  t.after(() => {
    try {
      // With the server, which would keep this process from its end.
      process.kill(-npm.pid!, 'SIGKILL')
    } catch {
      // All have ended.
    }
    rmSync(stateDir, { recursive: true })
  })
  let output = ''
  npm.stdout.setEncoding('utf8').on('data', text => {
    output += text
  })
  await waitFor(() => output.includes('the page is at'), `the server: ${output}`)
  const [, page] = /"msg":"the page is at (http:[^"]+)"/.exec(output) ?? []
  assert.match(await textOf(page!), /^<!doctype html>/i)
  const pid = Number(/"pid":(\d+)/.exec(output)![1])
  const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1])
  assert.equal(parent, npm.pid, 'there is no shell between')
  const ended = once(npm, 'close')
  npm.kill('SIGTERM')
  await ended
  await waitFor(() => {
    try {
      process.kill(pid, 0)
      return false
    } catch {
      return true
    }
  }, 'the end of the server')
  assert.match(output, /"signal":"SIGTERM","msg":"stopping"/)
})

const script =
  spawnSync('script', ['--version']).error && 'no script here: apt-get install bsdutils'

test(
  'at a terminal it says where the page is, where events are, and what to try',
  {
    skip: script ?? false,
  },
  async t => {
    const stateDir = temporaryFolder(t)
    const terminal = spawn(
      'script',
      ['-qefc', `${process.execPath} ${SYSMON} serve`, '/dev/null'],
      {
        env: {
          ...process.env,
          PORT: '0',
          HOST: '127.0.0.1',
          SYSMON_STATE_DIR: stateDir,
          SYSMON_KMSG_PATH: 'false',
        },
        stdio: ['pipe', 'pipe', 'inherit'],
      }
    )
    const ended = once(terminal, 'exit')
    t.after(async () => {
      terminal.kill('SIGKILL')
      await ended
    })
    let output = ''
    terminal.stdout.setEncoding('utf8').on('data', text => {
      output += text
    })
    await waitFor(() => /^try .*\r?\n/m.test(output), 'the greeting')
    const [, page] = /^page +(http:\S+)/m.exec(output) ?? []
    const [, command] = /^try +(.*?)\r?\n/m.exec(output) ?? []
    assert.match(await textOf(page!), /^<!doctype html>/i)
    assert.equal((await fetch(new URL('/', page))).url, page)
    assert.match(execFileSync('sh', ['-c', `${command} -s`], { encoding: 'utf8' }), /"seq":\d+/)
    // What is read by a person holds no log lines of the good kind.
    assert.doesNotMatch(output, /"level":"?(?:30|info)/)
  }
)

async function textOf(url: string): Promise<string> {
  const response = await fetch(url)
  assert.equal(response.status, 200)
  return await response.text()
}
