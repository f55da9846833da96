/** With how little the images run: capabilities, a root that is read-only, system calls; other names for settings. */

import assert from 'node:assert/strict'
import { request } from 'node:http'
import { join } from 'node:path'
import { before, describe, type TestContext, test } from 'node:test'
import { WebSocket } from 'ws'
import type { Health } from '../../generated/types.ts'
import { PATIENCE_MS, sleep, waitFor } from '../support/wait.ts'
import { buildImage, type Flavour, imageSize } from './support/build.ts'
import { type Container, isAnswering, startContainer } from './support/container.ts'
import { output, PROJECT, podman, whyNoImages } from './support/engine.ts'
import { crashes, isCrashOf } from './support/expect.ts'
import { printedTable } from './support/table.ts'

/** Of docs/images.md. */
const CAPABILITIES = ['SETUID', 'SETGID', 'SETPCAP', 'KILL', 'SYSLOG']
const SECCOMP = ['--security-opt', `seccomp=${join(PROJECT, 'deploy/seccomp.json')}`]
const READ_ONLY = [
  ...['--read-only', '--read-only-tmpfs=false', '--tmpfs', '/run', '--tmpfs', '/tmp:mode=1777'],
  ...['--tmpfs', '/var/log/supervisord:mode=0750'],
  ...['--tmpfs', '/home/chromium:mode=1777'],
]

const table = printedTable('With few rights')
const skip = whyNoImages() ?? false

for (const flavour of ['headless', 'headful'] as const) {
  describe(`the rights of the ${flavour} image`, { skip, concurrency: 2 }, () => scenarios(flavour))
}

function scenarios(flavour: Flavour): void {
  let image = ''
  before(() => {
    image = buildImage(flavour)
  })

  for (const [what, capabilities, args] of [
    ['the smallest set', CAPABILITIES, []],
    [
      'the smallest set, read-only, with the shipped seccomp profile',
      CAPABILITIES,
      [...READ_ONLY, ...SECCOMP],
    ],
    ['no SETPCAP', CAPABILITIES.filter(name => name !== 'SETPCAP'), []],
    ['no more privileges', CAPABILITIES, ['--security-opt', 'no-new-privileges']],
  ] as const) {
    test(`--cap-drop ALL: ${what}`, async t => {
      const container = await startContainer(t, image, {
        kernelLog: false,
        args: [
          ...['--device', '/dev/kmsg', '--cap-drop', 'ALL'],
          ...capabilities.flatMap(name => ['--cap-add', name]),
          ...args,
        ],
      })
      const browser = await container.browser()
      await untilHealthy(container)
      const isSandboxed = !browser.args.join(' ').includes('--no-sandbox')
      if (what.includes('seccomp')) assert.ok(isSandboxed, browser.args.join(' '))
      assert.match(await titleOfPage(container), /it works/)
      const events = await container.events(t)
      await container.exec(['kill', '-KILL', String(browser.pid)])
      await events.find(isCrashOf('chromium'), 'the crash', PATIENCE_MS)
      await container.browser()
      await container.exec(['supervisorctl', 'stop', 'chromium'])
      await sleep(1000)
      assert.equal(crashes(events).length, 1)
      await podman(['stop', '--time', '20', container.id])
      assert.equal(
        output('podman', ['inspect', '--format', '{{.State.ExitCode}}', container.id]).trim(),
        '0'
      )
      table.row(`${flavour}: ${what}`, isSandboxed ? 'sandboxed' : 'without sandbox')
    })
  }

  /** Starts what cannot go on. @returns what it says until it ends */
  const endOf = async (t: TestContext, args: readonly string[]): Promise<string> => {
    const container = await startContainer(t, image, { immediately: true, args })
    await podman(['wait', container.id])
    return output('sh', ['-c', `podman logs ${container.id} 2>&1`])
  }
  const without = (missing: string): string[] => [
    ...['--cap-drop', 'ALL'],
    ...CAPABILITIES.filter(name => name !== missing).flatMap(name => ['--cap-add', name]),
  ]

  test('as another user than root it says why it cannot', async t => {
    assert.match(await endOf(t, ['--user', '1000']), /start this container as root/)
  })

  for (const missing of ['SETUID', 'SETGID']) {
    test(`--cap-drop ALL without ${missing}: it says so, and ends`, async t => {
      const said = await endOf(t, without(missing))
      assert.match(said, new RegExp(`these are missing: ${missing}\\. `))
    })
  }

  test('--cap-drop ALL without KILL: it says so, and all comes up', async t => {
    const container = await startContainer(t, image, { immediately: true, args: without('KILL') })
    await container.browser()
    assert.match(
      output('sh', ['-c', `podman logs ${container.id} 2>&1`]),
      /these are missing: KILL\. /
    )
  })

  test('a read-only root without the recipe’s tmpfs: it says which', async t => {
    const said = await endOf(t, ['--read-only', '--read-only-tmpfs=false'])
    assert.match(said, /\/run, .*cannot be written: with --read-only, give --tmpfs \/run/)
  })

  test('the settings have the names of those who come from elsewhere, too', async t => {
    const container = await startContainer(t, image, {
      immediately: true,
      args: ['KERNEL_IMAGES_API_PORT=10009', 'CHROME_PORT=9333', 'WIDTH=800', 'HEIGHT=600'].flatMap(
        variable => ['--env', variable]
      ),
    })
    const { address } = container
    await waitFor(
      () => isAnswering(`http://${address}:10009/livez`),
      'the API',
      () => container.logs()
    )
    await waitFor(() => isAnswering(`http://${address}:9333/json/version`), 'DevTools')
    const { args } = await container.service('chromium')
    assert.match(args.join(' '), /--window-size=800,600/)
    await untilHealthy(container)
    await container.sh('head -c 1 /var/log/supervisord/kernel-images-api')
  })

  test('DevTools by a name that it was given, and by no other', async t => {
    const container = await startContainer(t, image, {
      args: ['--env', 'DEVTOOLS_ALLOWED_HOSTS=browser, chromium.example'],
    })
    await container.browser()
    const { status, body } = await getBy('browser:9222', `${container.devtools}/json/version`)
    assert.equal(status, 200)
    const url = JSON.parse(body).webSocketDebuggerUrl as string
    assert.match(url, /^ws:\/\/browser:9222\/devtools\/browser\//)
    const socket = new WebSocket(`${container.devtools}${new URL(url).pathname}`, {
      headers: { host: 'browser:9222' },
    })
    t.after(() => socket.terminate())
    const answer = await new Promise<string>((resolve, reject) => {
      socket.once('open', () => socket.send('{"id":1,"method":"Browser.getVersion"}'))
      socket.once('message', data => resolve(String(data)))
      socket.once('error', reject)
    })
    assert.match(answer, /"product":"/)
    const other = await getBy('evil.example:9222', `${container.devtools}/json/version`)
    assert.notEqual(other.status, 200)
    const address = await getBy(`${container.address}:9222`, `${container.devtools}/json/version`)
    assert.equal(address.status, 200)
    await untilHealthy(container)
  })
}

describe('the telemetry image', { skip }, () => {
  test('is small, has no browser, and tells of kills', async t => {
    const image = buildImage('headless', 'telemetry')
    const megabytes = imageSize(image) / 1e6
    assert.ok(megabytes < 200, `${megabytes} MB`)
    table.row('telemetry: size', `${megabytes.toFixed(0)} MB`)
    const container = await startContainer(t, image, { args: ['--memory', '256m'] })
    const events = await container.events(t)
    await container.sh('echo 900 > /proc/self/oom_score_adj; exec tail /dev/zero').catch(() => {})
    await events.find(({ event }) => event.type === 'system_oom_kill', 'the kill', PATIENCE_MS)
    assert.equal((await container.sh('/usr/local/libexec/healthcheck')).trim(), 'healthy')
    assert.match(await container.sh('sysmon --version'), /\d/)
    assert.equal(await container.sh('find / -xdev -perm /6000 -type f; command -v chromium; :'), '')
    const init = container.processes().find(({ pid }) => pid === 1)
    assert.notEqual(init?.status('Uid').split('\t')[0], '0')
    await podman(['stop', '--time', '20', container.id])
    const state = output('podman', ['inspect', '--format', '{{.State.ExitCode}}', container.id])
    assert.equal(state.trim(), '0')
  })

  test('runs with SYSLOG, SETUID, SETGID alone, read-only', async t => {
    const image = buildImage('headless', 'telemetry')
    const container = await startContainer(t, image, {
      kernelLog: false,
      args: [
        ...['--device', '/dev/kmsg', '--read-only', '--cap-drop', 'ALL'],
        ...['SYSLOG', 'SETUID', 'SETGID'].flatMap(name => ['--cap-add', name]),
      ],
    })
    assert.equal((await container.sh('/usr/local/libexec/healthcheck')).trim(), 'healthy')
  })
})

describe('the telemetry image with too few rights, or a wrong setting', { skip }, () => {
  for (const [args, said] of [
    [['--cap-drop', 'ALL', '--cap-add', 'SYSLOG'], /start-sysmon: .* give the container SETUID/],
    [['--env', 'PORT=abc'], /PORT must be an integer .* not "abc"/],
  ] as const) {
    test(`${args.join(' ')}: one line says so, and it ends`, async t => {
      const image = buildImage('headless', 'telemetry')
      const container = await startContainer(t, image, { immediately: true, args })
      assert.notEqual((await podman(['wait', container.id])).trim(), '0')
      const lines = output('sh', ['-c', `podman logs ${container.id} 2>&1`])
        .trim()
        .split('\n')
      assert.match(lines[0]!, said)
      assert.equal(lines.length, 1, lines.join('\n'))
    })
  }
})

describe('the telemetry image without root', { skip }, () => {
  test('as a sidecar: the image’s own user, a volume of an engine, no kernel log', async t => {
    const container = await startContainer(t, buildImage('headless', 'telemetry'), {
      kernelLog: false,
      args: [
        ...['--user', '999:999', '--read-only', '--cap-drop', 'ALL'],
        ...['--mount', 'type=tmpfs,destination=/var/lib/fastify-sysmon,tmpfs-mode=2777'],
        ...['--env', 'SYSMON_KMSG_PATH=off'],
        ...['--env', 'SYSMON_STATE_DIR=/var/lib/fastify-sysmon/state'],
      ],
    })
    const health = (await (await fetch(`${container.api}/healthz`)).json()) as Health
    assert.deepEqual(health.reasons, undefined, JSON.stringify(health))
    assert.equal(health.journal.state, 'writing')
  })
})

async function untilHealthy(container: Container): Promise<void> {
  const check = () => container.sh('/usr/local/libexec/healthcheck || [ $? = 1 ]')
  await waitFor(async () => (await check()).trim() === 'healthy', 'health', check)
}

async function titleOfPage(container: Container): Promise<string> {
  const page = encodeURIComponent('data:text/html,<title>it works</title>')
  await fetch(`${container.devtools}/json/new?${page}`, { method: 'PUT' })
  let titles = ''
  await waitFor(async () => {
    titles = await (await fetch(`${container.devtools}/json/list`)).text()
    return titles.includes('"title": "it works"')
  }, 'the page')
  return titles
}

/** fetch() has no Host of its own. */
function getBy(host: string, url: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers: { host }, agent: false }, response => {
      let body = ''
      response.setEncoding('utf8').on('data', text => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode, body }))
    })
    sent.on('error', reject)
    sent.end()
  })
}
