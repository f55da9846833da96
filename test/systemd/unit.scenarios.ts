/**
 * `npm run test:systemd`: deploy/systemd under a real systemd, in a container of Debian, put there by the very
 * commands of docs/deployment.md. What the unit closes, only systemd itself closes.
 */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { EventEnvelope, Health } from '../../generated/types.ts'
import { basesOf, ensureBases } from '../images/support/bases.ts'
import { startContainer } from '../images/support/container.ts'
import { CACHE, PROJECT, run, whyNoImages } from '../images/support/engine.ts'
import { memoryGroup, oomKill } from '../support/oom.ts'
import { PATIENCE_MS, waitFor } from '../support/wait.ts'

const IMAGE = 'localhost/fastify-sysmon-systemd'
const API = 'http://127.0.0.1:10001'
/** CAP_SYSLOG, which is number 34, and nothing else. */
const ONLY_SYSLOG = '0000000400000000'
const UNIT = 'fastify-sysmon'

/** A machine with systemd and Node on which `npm install --global` has been said. */
function buildMachine(): void {
  ensureBases()
  const folder = join(CACHE, 'systemd')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const packed = execFileSync(
    'npm',
    ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder],
    { cwd: PROJECT, encoding: 'utf8' }
  )
  renameSync(join(folder, packed.trim()), join(folder, 'package.tgz'))
  const file = join(folder, 'Containerfile')
  writeFileSync(
    file,
    `FROM ${basesOf('Dockerfile.headless').node}
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends systemd systemd-sysv curl procps
COPY package.tgz /
RUN npm install --global --silent /package.tgz
CMD ["/sbin/init"]
`
  )
  run('buildah', [
    ...['bud', '--quiet', '--isolation', 'chroot', '--network', 'host', '--layers'],
    ...['-f', file, '-t', IMAGE, folder],
  ])
  rmSync(folder, { recursive: true })
}

/** What docs/deployment.md tells a reader to do. */
function installation(): string {
  const paper = readFileSync(join(PROJECT, 'docs/deployment.md'), 'utf8')
  const [, script = ''] = /```sh\n(from="\$\(npm root[\s\S]*?)```/.exec(paper) ?? []
  assert.ok(script.includes('systemctl enable --now fastify-sysmon'))
  return script
}

test(
  'the unit is installed as the paper says, serves, sees a kill, and comes back',
  {
    skip: whyNoImages() ?? false,
  },
  async t => {
    buildMachine()
    const machine = await startContainer(t, IMAGE, {
      immediately: true,
      args: [
        '--systemd=always',
        // For systemd itself, which makes the namespaces of the unit and its filter of system calls.
        ...['--cap-add', 'SYS_ADMIN', '--security-opt', 'seccomp=unconfined'],
        ...['--security-opt', 'apparmor=unconfined'],
      ],
    })
    const journal = () => machine.sh(`journalctl -u ${UNIT} --no-pager -o cat | tail -n 40`)
    const until = (isTrue: () => Promise<boolean>, what: string) =>
      waitFor(() => isTrue().catch(() => false), what, journal, PATIENCE_MS)
    const isReady = async () => (await machine.sh(`curl -s ${API}/readyz`)).includes('"ok"')
    const events = async () =>
      JSON.parse(
        await machine.sh(`curl -s '${API}/telemetry/events?format=json'`)
      ) as EventEnvelope[]
    const property = async (name: string) =>
      (await machine.sh(`systemctl show --property ${name} --value ${UNIT}`)).trim()

    await until(
      async () => /running|degraded/.test(await machine.sh('systemctl is-system-running || :')),
      'systemd'
    )
    await machine.sh(`set -e\n${installation()}`)
    await until(isReady, 'the API')

    const status = await machine.sh(`cat /proc/${await property('MainPID')}/status`)
    const uid = (await machine.sh('id -u sysmon')).trim()
    assert.match(status, new RegExp(`^Uid:\\s+${uid}\\s`, 'm'))
    for (const set of ['CapEff', 'CapBnd']) {
      assert.match(status, new RegExp(`^${set}:\\s+${ONLY_SYSLOG}$`, 'm'))
    }
    assert.match(status, /^NoNewPrivs:\s+1$/m)
    assert.match(status, /^Seccomp:\s+2$/m)

    await until(async () => {
      const health = JSON.parse(await machine.sh(`curl -s ${API}/healthz`)) as Health
      return health.status === 'ok' && health.kmsg.state === 'watching'
    }, 'the kernel log')
    const pid = await oomKill(t, memoryGroup(t, `sysmon-unit-${process.pid}`), 'hog')
    const isKill = ({ event }: EventEnvelope) =>
      event.type === 'system_oom_kill' && (event.data as { pid?: number } | null)?.pid === pid
    await until(async () => (await events()).some(isKill), 'the kill')
    await machine.sh(
      `curl -sf -H 'content-type: application/json' -d '{"type":"hello","category":"system"}' ${API}/telemetry/events`
    )
    const isHello = ({ event }: EventEnvelope) => event.type === 'hello'
    const before = await events()
    const [kill, hello] = [before.find(isKill), before.find(isHello)]
    assert.ok(kill && hello)

    await t.test('what was told is there after a restart, and after kill -9', async () => {
      await machine.sh(`systemctl restart ${UNIT}`)
      await until(isReady, 'the API after a restart')
      assert.deepEqual(
        (await events()).filter(one => isKill(one) || isHello(one)),
        [kill, hello]
      )
      const main = await property('MainPID')
      await machine.sh(`systemctl kill --signal KILL ${UNIT}`)
      await until(
        async () => (await property('MainPID')) !== main && (await isReady()),
        'a new one'
      )
      assert.equal(await property('NRestarts'), '1')
      assert.deepEqual(
        (await events()).filter(one => isKill(one) || isHello(one)),
        [kill, hello]
      )
    })

    await t.test('it ends by itself when it is told to stop, and is up after a boot', async () => {
      await machine.sh(`systemctl stop ${UNIT}`)
      assert.equal(await property('Result'), 'success')
      assert.equal((await machine.sh(`systemctl is-enabled ${UNIT}`)).trim(), 'enabled')
    })
  }
)
