/** What the image's health check says of programs that hang, ended or were given up. */

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, type TestContext, test } from 'node:test'
import type { Health } from '../../generated/types.ts'
import { waitFor } from '../support/wait.ts'
import { buildImage, type Flavour } from './support/build.ts'
import { type Container, startContainer } from './support/container.ts'
import { whyNoImages } from './support/engine.ts'
import { printedTable } from './support/table.ts'

const table = printedTable('The health check')
const skip = whyNoImages() ?? false

for (const flavour of ['headless', 'headful'] as const) {
  describe(`the health check of the ${flavour} image`, { skip, concurrency: 2 }, () =>
    scenarios(flavour)
  )
}

function scenarios(flavour: Flavour): void {
  let image = ''
  before(() => {
    image = buildImage(flavour)
  })

  test('healthy, and the spool is seen', async t => {
    const container = await startHealthy(t, image)
    const health = (await (await fetch(`${container.api}/healthz`)).json()) as Health
    assert.equal(health.spool?.waiting, 0)
    assert.equal(health.status, 'ok')
  })

  for (const service of flavour === 'headful'
    ? ['chromium', 'xvfb', 'mutter', 'sysmon', 'supervisord-shim']
    : ['chromium', 'sysmon', 'supervisord-shim']) {
    test(`${service} hangs (SIGSTOP), and goes on`, async t => {
      const container = await startHealthy(t, image)
      const { pid } = await container.service(service)
      const said: Record<string, RegExp> = {
        chromium: /DevTools does not answer/,
        xvfb: /display :1 \(Xvfb\) does not answer/,
        sysmon: /the API does not answer on port 10001/,
      }
      await container.exec(['kill', '-STOP', String(pid)])
      const line = await unhealthy(container)
      assert.match(line, said[service] ?? /stopped by a signal/)
      assert.match(line, new RegExp(`${service} is stopped by a signal \\(pid ${pid}\\)`))
      table.row(`${flavour}: ${service} -STOP`, line)
      await container.exec(['kill', '-CONT', String(pid)])
      await untilHealthy(container)
    })
  }

  test('no process can be started any more: that is no good news', async t => {
    const container = await startHealthy(t, image)
    const ask = "'ulimit -u 2; exec bash /usr/local/libexec/healthcheck'"
    const asNobody = 'setpriv --reuid=64321 --regid=64321 --clear-groups'
    const said = await container.sh(`${asNobody} bash -c ${ask} 2> /dev/null; :`)
    assert.doesNotMatch(said, /^healthy/)
    assert.match(said, /could not be asked/)
  })

  test('a service is stopped by its operator', async t => {
    const container = await startHealthy(t, image)
    await container.exec(['supervisorctl', 'stop', 'chromium'])
    const line = await unhealthy(container)
    assert.match(line, /chromium is STOPPED/)
    assert.match(line, /DevTools/)
    table.row(`${flavour}: supervisorctl stop chromium`, line)
  })

  test('a service is given up', async t => {
    const file = withFile(t, '[program:flaky]\ncommand=false\nstartretries=0\n')
    const container = await startContainer(t, image, {
      args: ['--volume', `${file}:/etc/supervisor/conf.d/flaky.conf:ro`],
    })
    await container.browser()
    await waitFor(
      async () => (await check(container)) === 'unhealthy: flaky is FATAL',
      'FATAL',
      () => check(container)
    )
  })

  test('supervisord hangs', async t => {
    const container = await startHealthy(t, image)
    // The init of a pid namespace takes no SIGSTOP of its own processes: from this machine it does.
    const init = container.processes().find(({ pid }) => pid === 1)!
    process.kill(init.hostPid, 'SIGSTOP')
    try {
      assert.match(await unhealthy(container), /supervisord does not answer within 6 s/)
    } finally {
      process.kill(init.hostPid, 'SIGCONT')
    }
    await untilHealthy(container)
  })

  test('an event waits in the spool', async t => {
    const container = await startHealthy(t, image)
    const api = await container.service('sysmon')
    await container.exec(['kill', '-STOP', String(api.pid)])
    const browser = await container.service('chromium')
    await container.exec(['kill', '-KILL', String(browser.pid)])
    const spool = '/var/lib/fastify-sysmon/spool'
    await waitFor(async () => (await container.sh(`ls ${spool}`)).includes('.event'), 'the event')
    assert.doesNotMatch(await unhealthy(container), /spool/)
    await container.sh(`touch -d '2 minutes ago' ${spool}/*.event`)
    assert.match(await unhealthy(container), /[1-9] events wait in the spool for more than 60 s/)
    await container.exec(['kill', '-CONT', String(api.pid)])
    await untilHealthy(container)
  })

  test('no kernel log: unhealthy, but where the operator says that none is expected', async t => {
    const without = await startContainer(t, image, { kernelLog: false })
    await without.browser()
    const line = await unhealthy(without)
    assert.match(
      line,
      /^unhealthy: the API is degraded: OOM kills are not seen: there is no \/dev\/kmsg/
    )
    table.row(`${flavour}: no device`, line)
    const args = ['--env', 'SYSMON_KMSG_PATH=off']
    const expected = await startContainer(t, image, { kernelLog: false, args })
    await untilHealthy(expected)
  })
}

async function startHealthy(t: TestContext, image: string): Promise<Container> {
  const container = await startContainer(t, image)
  await untilHealthy(container)
  return container
}

async function untilHealthy(container: Container): Promise<void> {
  await waitFor(
    async () => (await check(container)) === 'healthy',
    'health',
    () => check(container)
  )
}

async function unhealthy(container: Container): Promise<string> {
  const line = await check(container)
  assert.match(line, /^unhealthy: [^\n]+$/)
  return line
}

async function check(container: Container): Promise<string> {
  return (await container.sh('/usr/local/libexec/healthcheck || [ $? = 1 ]')).trim()
}

function withFile(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-service-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'service.conf')
  writeFileSync(file, text)
  return file
}
