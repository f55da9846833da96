/** Settings, volumes and limits of a container that it cannot work with, or not as it should: it says what to mend. */

import assert from 'node:assert/strict'
import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, type TestContext, test } from 'node:test'
import { PATIENCE_MS, sleep, waitFor } from '../support/wait.ts'
import { buildImage } from './support/build.ts'
import { type Container, startContainer } from './support/container.ts'
import { output, podman, whyNoImages } from './support/engine.ts'
import { crashes, isCrashOf } from './support/expect.ts'
import { printedTable } from './support/table.ts'

const STATE = '/var/lib/fastify-sysmon'
const CAPABILITIES = ['SETUID', 'SETGID', 'SETPCAP', 'KILL', 'SYSLOG']
const LEAST = ['--cap-drop', 'ALL', ...CAPABILITIES.flatMap(name => ['--cap-add', name])]
/** Longer than any timeout of a part. */
const PAUSE_MS = 70_000

const table = printedTable('What a container says')
const skip = whyNoImages() ?? false
let image = ''

const environment = (...variables: readonly string[]) =>
  variables.flatMap(variable => ['--env', variable])

/** What cannot work: one line says so, and the container ends. */
const REFUSED: readonly (readonly [readonly string[], RegExp])[] = [
  [environment('PORT=abc'), /PORT must be a port from 1 to 65535, not "abc"/],
  [environment('PORT=70000'), /PORT must be a port from 1 to 65535, not "70000"/],
  [environment('KERNEL_IMAGES_API_PORT=-1'), /KERNEL_IMAGES_API_PORT must be a port .*"-1"/],
  [environment('DEVTOOLS_PORT=9222x'), /DEVTOOLS_PORT must be a port .*"9222x"/],
  [environment('PORT=80'), /PORT is 80: ports below 1024 are not for the services/],
  [environment('PORT=9222'), /PORT and DEVTOOLS_PORT are both 9222/],
  [environment('PORT=9000', 'CHROME_PORT=9000'), /PORT and CHROME_PORT are both 9000/],
  [environment('DEVTOOLS_PORT=9223'), /DEVTOOLS_PORT is 9223, which Chromium has for itself/],
  [environment('DEVTOOLS_HOST=300.1.1.1'), /DEVTOOLS_HOST must be an address .*"300\.1\.1\.1"/],
  [environment('DEVTOOLS_ALLOWED_HOSTS=a,http://b:9222/'), /without scheme and port.*"http:\/\/b/],
  [environment('WIDTH=wide'), /WIDTH must be a number of pixels .*"wide"/],
  [environment('SCREEN_HEIGHT=0'), /SCREEN_HEIGHT must be a number of pixels .*"0"/],
  [environment('CHROMIUM_PROFILE=/usr/profile'), /profile folder \/usr\/profile cannot be written/],
  [['--user', '12345'], /start this container as root/],
  [
    ['--read-only', '--read-only-tmpfs=false', '--tmpfs', '/run', '--tmpfs', '/tmp'],
    /\/var\/log\/supervisord, \/home\/chromium cannot be written: with --read-only, give --tmpfs/,
  ],
]

describe('what the headless image cannot work with', { skip, concurrency: 2 }, () => {
  before(() => {
    image = buildImage('headless')
  })

  for (const [args, said] of REFUSED) {
    test(`${args.join(' ')}: one line says so, and it ends`, async t => {
      const container = await startContainer(t, image, { immediately: true, args })
      assert.equal((await podman(['wait', container.id])).trim(), '1')
      const lines = logOf(container).trim().split('\n')
      assert.match(lines[0]!, said)
      assert.equal(lines.length, 1, lines.join('\n'))
      assert.match(lines[0]!, /^entrypoint: /)
      table.row(args.filter(word => word !== '--env').join(' '), lines[0]!)
    })
  }

  test('a port that is taken in its network', async t => {
    const first = await startContainer(t, image)
    await first.browser()
    const second = await startContainer(t, image, {
      immediately: true,
      network: `container:${first.id}`,
      args: environment('PORT=10003'),
    })
    await podman(['wait', second.id])
    assert.match(logOf(second), /port 9222 is taken: .* set DEVTOOLS_PORT to another one/)
    assert.match(
      logOf(second),
      /port 9223 of 127\.0\.0\.1, .* is taken: give .* network of its own/
    )
  })
})

describe('what the headless image works with, and says', { skip, concurrency: 2 }, () => {
  before(() => {
    image = buildImage('headless')
  })

  test('a time zone that there is not, and others that there are', async t => {
    const wrong = await startContainer(t, image, { args: environment('TZ=Europe/Berln') })
    assert.match(logOf(wrong), /^entrypoint: there is no time zone Europe\/Berln: times are UTC/m)
    for (const zone of ['Europe/Berlin', 'CET-1CEST', ':UTC']) {
      const right = await startContainer(t, image, { args: environment(`TZ=${zone}`) })
      assert.doesNotMatch(logOf(right), /entrypoint:/)
    }
  })

  test('--pids-limit 50: too few', async t => {
    const container = await startContainer(t, image, { args: ['--pids-limit', '50'] })
    assert.match(
      logOf(container),
      /^entrypoint: no more than 50 processes and threads are allowed/m
    )
    await waitFor(
      async () => /^unhealthy: .*Chromium/.test(await check(container)),
      'what is unhealthy',
      () => check(container)
    )
  })

  test('--memory 300m: enough for an empty page', async t => {
    const container = await startContainer(t, image, { args: ['--memory', '300m'] })
    await container.browser()
    await untilHealthy(container)
  })

  test('a shim that is set up wrongly is unhealthy, though it runs', async t => {
    const args = environment('KERNEL_IMAGES_API_BASE_URL=localhost')
    const container = await startContainer(t, image, { args })
    const said =
      /supervisord-shim cannot work: .*KERNEL_IMAGES_API_BASE_URL must be .*, not "localhost"$/
    // Between two of its starts it may be starting.
    await waitFor(
      async () => said.test(await check(container)),
      'what is unhealthy',
      () => check(container)
    )
    await sleep(6000)
    await waitFor(async () => said.test(await check(container)), 'the same later')
  })

  test('a state volume that is full: crashes are told all the same, and health says what to mend', async t => {
    const mount = `type=tmpfs,destination=${STATE},tmpfs-size=256k`
    const container = await startContainer(t, image, { args: ['--mount', mount] })
    const { pid } = await container.browser()
    const events = await container.events(t)
    await container.sh(`dd if=/dev/zero of=${STATE}/fill bs=4k 2> /dev/null || :`)
    await container.exec(['kill', '-KILL', String(pid)])
    await events.find(isCrashOf('chromium'), 'the crash', PATIENCE_MS)
    await container.browser()
    assert.match(await check(container), /^unhealthy: .*ENOSPC.*: free space there/)
    await container.sh(`rm ${STATE}/fill`)
    await untilHealthy(container)
    assert.equal(crashes(events).length, 1)
  })

  test('a state volume of somebody else, with CAP_CHOWN and without', async t => {
    const mended = await startContainer(t, image, {
      args: ['--volume', `${strangeFolder(t)}:${STATE}`],
    })
    await mended.browser()
    await untilHealthy(mended)
    assert.doesNotMatch(logOf(mended), /make-state-folder/)
    const container = await startContainer(t, image, {
      args: ['--volume', `${strangeFolder(t)}:${STATE}`, ...LEAST],
    })
    await container.browser()
    const said =
      /^\[sysmon\] make-state-folder: .* belongs to 54321:54321, mode 700\): .* chown 0:999 and chmod 2770/m
    await waitFor(
      () => said.test(logOf(container)),
      'what to mend',
      () => logOf(container)
    )
    assert.match(await check(container), /^unhealthy: .*kept in memory only.*EACCES/)
  })

  test('a state volume that is read-only', async t => {
    const container = await startContainer(t, image, {
      args: ['--volume', `${strangeFolder(t)}:${STATE}:ro`],
    })
    await container.browser()
    await waitFor(
      () => /make-state-folder: .* mount it writable/.test(logOf(container)),
      'the line'
    )
    assert.match(await check(container), /^unhealthy: .*kept in memory only/)
  })

  for (const host of ['::', '::1']) {
    test(`DEVTOOLS_HOST=${host}, by name and without`, async t => {
      for (const names of ['', 'browser']) {
        const container = await startContainer(t, image, {
          args: environment(`DEVTOOLS_HOST=${host}`, `DEVTOOLS_ALLOWED_HOSTS=${names}`),
        })
        await container.service('devtools')
        await untilHealthy(container)
      }
    })
  }

  test('the first process is another: of an engine (--init), or of a pod', async t => {
    const holder = await startContainer(t, image, {
      immediately: true,
      args: ['--entrypoint', '["sleep","1000"]'],
    })
    const container = await startContainer(t, image, {
      immediately: true,
      args: ['--pid', `container:${holder.id}`],
    })
    await waitFor(
      () => /^\[sysmon\] .*listening/m.test(logOf(container)),
      'the log of a service',
      () => logOf(container)
    )
    const { pid } = await container.browser()
    const events = await container.events(t)
    await container.exec(['kill', '-KILL', String(pid)])
    await events.find(isCrashOf('chromium'), 'the crash', PATIENCE_MS)
    await container.browser()
    await untilHealthy(container)
    await podman(['stop', '--time', '20', container.id])
    const state = output('podman', ['inspect', '--format', '{{.State.ExitCode}}', container.id])
    assert.equal(state.trim(), '0')
  })

  test('stopped and started again, also after it was killed: nothing is told twice', async t => {
    const container = await startContainer(t, image)
    const { pid } = await container.browser()
    const before = await container.events(t)
    await container.exec(['kill', '-KILL', String(pid)])
    await before.find(isCrashOf('chromium'), 'the crash', PATIENCE_MS)
    for (const end of [
      ['stop', '--time', '20'],
      ['kill', '--signal', 'KILL'],
    ]) {
      await podman([...end, container.id])
      await podman(['wait', container.id])
      await podman(['start', container.id])
      await container.browser()
      await untilHealthy(container)
      const events = await container.events(t)
      await events.find(isCrashOf('chromium'), 'the crash, kept', PATIENCE_MS)
      assert.equal(crashes(events).length, 1)
    }
  })

  test('paused for longer than any timeout, and going on: nothing has happened', async t => {
    const container = await startContainer(t, image)
    const { pid } = await container.browser()
    await untilHealthy(container)
    await podman(['pause', container.id])
    await sleep(PAUSE_MS)
    await podman(['unpause', container.id])
    await untilHealthy(container)
    assert.equal((await container.browser()).pid, pid)
    assert.deepEqual(crashes(await container.events(t)), [])
  })

  test('no network at all', async t => {
    const container = await startContainer(t, image, {
      immediately: true,
      network: 'none',
    })
    await untilHealthy(container)
  })
})

describe('what the headful image cannot work with', { skip }, () => {
  test('HEIGHT=1080p: one line says so, and it ends', async t => {
    const args = environment('HEIGHT=1080p')
    const container = await startContainer(t, buildImage('headful'), { immediately: true, args })
    assert.equal((await podman(['wait', container.id])).trim(), '1')
    assert.match(logOf(container), /^entrypoint: HEIGHT must be a number of pixels .*"1080p"\.$/m)
  })
})

/** Of standard output and standard error. */
function logOf(container: Container): string {
  return output('sh', ['-c', `podman logs ${container.id} 2>&1`])
}

async function check(container: Container): Promise<string> {
  return (await container.sh('/usr/local/libexec/healthcheck || [ $? = 1 ]')).trim()
}

async function untilHealthy(container: Container): Promise<void> {
  await waitFor(
    async () => (await check(container).catch(String)) === 'healthy',
    'health',
    () => check(container)
  )
}

/** As another engine's volume, or another machine's, may be. */
function strangeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-strange-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const state = join(folder, 'state')
  mkdirSync(state, { mode: 0o700 })
  chownSync(state, 54321, 54321)
  return state
}
