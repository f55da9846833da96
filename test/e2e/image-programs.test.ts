/** Programs of the images (deploy/image/bin) that run outside of them too. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { startServer } from '../support/server.ts'

const FOLDER = 'deploy/image/bin'

function run(name: string, env: NodeJS.ProcessEnv) {
  const { PORT: _, KERNEL_IMAGES_API_PORT: __, ...rest } = process.env
  return spawnSync(`${FOLDER}/${name}`, { encoding: 'utf8', env: { ...rest, ...env } })
}

test('the health check finds the API by PORT, and by the name that others have for it', async t => {
  const { url } = await startServer(t, { SYSMON_KMSG_PATH: 'false' })
  const { port } = new URL(url)
  for (const env of [
    { PORT: port },
    { KERNEL_IMAGES_API_PORT: port },
    { PORT: port, KERNEL_IMAGES_API_PORT: '1' },
  ]) {
    const { status, stdout } = run('healthcheck', env)
    assert.equal(status, 0, stdout)
    assert.equal(stdout, 'healthy\n')
    const startedAt = Date.now()
    run('await-sysmon', env)
    assert.ok(Date.now() - startedAt < 1500, 'it is there: nothing is waited for')
  }
  const { status, stdout } = run('healthcheck', { KERNEL_IMAGES_API_PORT: '1' })
  assert.equal(status, 1)
  assert.equal(stdout, 'unhealthy: the API does not answer on port 1 within 3 s\n')
})

test('the health check says what is wrong in one line', async t => {
  const { url } = await startServer(t, { SYSMON_KMSG_PATH: '/nonexistent' })
  const { status, stdout } = run('healthcheck', { PORT: new URL(url).port })
  assert.equal(status, 1)
  assert.match(stdout, /^unhealthy: the API is degraded: OOM kills are not seen: [^\n]+\n$/)
})

test('the health check asks the API where HOST says it is', async t => {
  const { url } = await startServer(t, { SYSMON_KMSG_PATH: 'false', HOST: '127.0.0.2' })
  const { port } = new URL(url)
  const env = { HOST: '127.0.0.2', PORT: port }
  assert.equal(run('healthcheck', env).stdout, 'healthy\n')
  const startedAt = Date.now()
  run('await-sysmon', env)
  assert.ok(Date.now() - startedAt < 1500, 'it is there: nothing is waited for')
  for (const host of ['0.0.0.0', '::', 'localhost', 'unix:/run/api.sock']) {
    assert.match(run('healthcheck', { HOST: host, PORT: '1' }).stdout, /does not answer on port 1 /)
  }
})
