/** Programs of the images (deploy/image/bin) that run outside of them too. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
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
    assert.match(stdout, /"status":"ok"/)
    const startedAt = Date.now()
    run('await-sysmon', env)
    assert.ok(Date.now() - startedAt < 1500, 'it is there: nothing is waited for')
  }
  assert.equal(run('healthcheck', { KERNEL_IMAGES_API_PORT: '1' }).status, 1)
})

test('the programs are programs', () => {
  for (const name of readdirSync(FOLDER)) {
    const { status, stderr } = spawnSync('bash', ['-n', `${FOLDER}/${name}`], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
  }
})
