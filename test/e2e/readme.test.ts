/** The README's commands, run as they stand against the real server on its default port. */

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { test } from 'node:test'
import { startServer } from '../support/server.ts'

const PORT = 10001
const blocks = [...readFileSync('README.md', 'utf8').matchAll(/```sh\n(.*?)```/gs)].map(
  ([, text]) => text!
)
const commands = blocks.flatMap(text => text.trim().split('\n'))

async function isTaken(): Promise<boolean> {
  return await new Promise(resolve => {
    const socket = connect(PORT, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

test('every curl and sysmon command of the README works as it stands', async t => {
  if (await isTaken()) return t.skip(`port ${PORT} is taken by another program`)
  if (spawnSync('curl', ['--version']).error !== undefined) return t.skip('there is no curl')
  await startServer(t, { PORT: String(PORT) })
  const run = commands.filter(command => /^curl|sysmon /.test(command))
  assert.ok(run.length >= 8, 'the README has its commands')
  for (const command of run) {
    if (command.startsWith('curl -N')) {
      // Endless by design: what counts is that the stream opens.
      const { stdout } = spawnSync('sh', ['-c', `${command} -s -i --max-time 2`], {
        encoding: 'utf8',
      })
      assert.match(stdout, /^HTTP\/1.1 200[\s\S]*text\/event-stream/)
      continue
    }
    const output = execFileSync('sh', ['-c', command], { encoding: 'utf8' })
    if (command.startsWith('curl')) {
      assert.doesNotThrow(() => JSON.parse(output), command)
      assert.doesNotMatch(output, /"message"/, command)
    } else if (!command.startsWith('dmesg')) {
      assert.notEqual(output, '', command)
    }
  }
})

test('the commands of the README are those of package.json', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  for (const command of commands.filter(text => text.startsWith('npm '))) {
    for (const [, name] of command.matchAll(/npm (?:run )?(start|bench|generate)\b/g)) {
      assert.ok(scripts[name!], command)
    }
  }
})
