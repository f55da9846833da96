/** What is in the images, who runs in them and what each may do. */

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { SINK_PACKAGES } from '../../plugin/sinks/registry.ts'
import { waitFor } from '../support/wait.ts'
import { buildImage, type Flavour } from './support/build.ts'
import { isAnswering, startContainer } from './support/container.ts'
import { output, PROJECT, podman, whyNoImages } from './support/engine.ts'
import { crashes } from './support/expect.ts'
import { printedTable } from './support/table.ts'

/** linux/capability.h: CAP_SYSLOG is 34, as a mask of /proc/PID/status. */
const SYSLOG_ONLY = (1n << 34n).toString(16).padStart(16, '0')
const NONE = '0'.repeat(16)

/** Docker's default profile, as far as user namespaces go: clone, clone3 and unshare refused. */
const NO_NAMESPACES = {
  defaultAction: 'SCMP_ACT_ALLOW',
  architectures: ['SCMP_ARCH_X86_64'],
  syscalls: [
    { names: ['unshare', 'setns'], action: 'SCMP_ACT_ERRNO', errnoRet: 1 },
    { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 },
    {
      names: ['clone'],
      action: 'SCMP_ACT_ERRNO',
      errnoRet: 1,
      args: [
        { index: 0, value: 0x10000000, valueTwo: 0x10000000, op: 'SCMP_CMP_MASKED_EQ' }, // CLONE_NEWUSER
      ],
    },
  ],
}

const table = printedTable('In the images')
const skip = whyNoImages() ?? false

for (const flavour of ['headless', 'headful'] as const) {
  describe(`the ${flavour} image`, { skip, concurrency: 2 }, () => scenarios(flavour))
}

function scenarios(flavour: Flavour): void {
  let image = ''
  before(() => {
    image = buildImage(flavour)
  })

  test('says what it is', () => {
    const { Config, Healthcheck } = JSON.parse(output('podman', ['image', 'inspect', image]))[0]
    const { version, license } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'))
    assert.equal(Config.Labels['org.opencontainers.image.version'], version)
    assert.equal(Config.Labels['org.opencontainers.image.licenses'], license)
    assert.deepEqual(Object.keys(Config.ExposedPorts).sort(), ['10001/tcp', '9222/tcp'])
    assert.deepEqual(Healthcheck.Test, ['CMD', '/usr/local/libexec/healthcheck'])
    for (const name of ['created', 'revision', 'source', 'title', 'description', 'base.name']) {
      assert.ok(Config.Labels[`org.opencontainers.image.${name}`], name)
    }
    assert.deepEqual(Object.keys(Config.Volumes), ['/var/lib/fastify-sysmon'])
    const names = (Config.Env as string[]).map(variable => variable.split('=')[0])
    assert.deepEqual(names.sort(), ['LANG', 'PATH', 'TZ'], 'the programs have the defaults')
  })

  test('has nothing that only its making needed', async t => {
    const container = await startContainer(t, image)
    const tools =
      'for name in gcc cc g++ make ld strip npm npx tsc git curl wget; do command -v $name; done; :'
    assert.equal(await container.sh(tools), '')
    const left =
      'find /root /tmp /build /usr/local /var/cache/apt /var/lib/apt/lists -xdev -type f \\( -name "*.ts" -o -name "*.map" -o -name "*.deb" -o -path "*/lists/*" -o -path "*/.npm/*" -o -path "/build/*" \\) 2>/dev/null; :'
    assert.equal(await container.sh(left), '')
    const modules = await container.sh('ls /usr/local/lib/fastify-sysmon/node_modules')
    assert.doesNotMatch(modules, /typescript|biome|redocly|fast-check/)
    for (const name of ['fastify', ...SINK_PACKAGES]) {
      await container.sh(`ls /usr/local/lib/fastify-sysmon/node_modules/${name}/package.json`)
    }
    assert.equal(await container.sh('find / -xdev -perm /6000 -type f'), '')
    if (flavour === 'headless') {
      const graphics =
        'find / -xdev -name "*LLVM*" -o -xdev -name "libgtk*" -o -xdev -path "*/dri/*"'
      assert.equal(await container.sh(graphics), '')
    }
    const fonts = await container.sh('fc-list : family')
    for (const script of ['CJK JP', 'Color Emoji', 'Arabic', 'Devanagari', 'Thai', 'Hebrew']) {
      assert.match(fonts, new RegExp(`Noto \\S* ?${script}`))
    }
  })

  test('lets the API alone read the kernel log, and the browser reach nothing', async t => {
    const container = await startContainer(t, image, { args: ['--env', 'S2_ACCESS_TOKEN=secret'] })
    await container.browser()
    const id = async (user: string) => (await container.sh(`id -u ${user}`)).trim()
    const [sysmon, chromium] = [await id('sysmon'), await id('chromium')]
    const seen = new Map<string, string>()
    for (const one of container.processes()) {
      const uid = one.status('Uid').split('\t')[0]
      const caps = one.status('CapEff')
      const name = one.args[0]?.includes('chrom') ? 'chromium' : one.comm
      if (uid === sysmon) {
        assert.match(one.comm, /^(MainThread|node|dd)$/)
        assert.equal(caps, SYSLOG_ONLY)
        assert.equal(one.status('CapBnd'), SYSLOG_ONLY)
      } else if (uid === chromium) {
        assert.equal(one.status('NoNewPrivs'), '1')
        // In a user namespace of its own, a sandboxed process may look mighty.
        if (!one.status('NSpid').includes('\t', 1 + one.status('NSpid').indexOf('\t'))) {
          assert.equal(caps, NONE, one.args.join(' '))
        }
      } else {
        assert.equal(uid, '0')
        assert.match(one.args.join(' '), /supervisord|shim|bash|awk/)
        if (/^(?:node|tail|awk)$/.test(one.args[0] ?? '')) assert.equal(caps, NONE)
      }
      seen.set(`${name} (uid ${uid})`, caps)
    }
    const attempts = [
      'cat /dev/kmsg',
      'ls /var/lib/fastify-sysmon',
      'touch /var/lib/fastify-sysmon/x',
      'ls /var/log/supervisord',
      'supervisorctl status',
      'cat /proc/1/environ',
      'kill -0 1',
      'touch /usr/local/bin/x',
      'cat /proc/$(pgrep -u sysmon node)/environ',
      'grep -l S2_ACCESS_TOKEN /proc/[0-9]*/environ',
    ]
    for (const attempt of attempts) {
      const script = `setpriv --reuid=chromium --regid=chromium --clear-groups timeout 3 bash -c '${attempt}' > /dev/null 2>&1; echo $?`
      assert.notEqual((await container.sh(script)).trim(), '0', attempt)
    }
    table.row(`${flavour}: who runs`, ...[...seen].map(([who, caps]) => `${caps} ${who}`))
  })

  test("leaves Chromium's out-of-memory scores to Chromium", async t => {
    const container = await startContainer(t, image)
    const main = await container.browser()
    const initial = container.processes().find(one => one.pid === 1)?.oomScoreAdj
    await waitFor(
      () => container.processes().some(one => one.args.join(' ').includes('--type=renderer')),
      'a renderer'
    )
    const scores = new Map<string, number>()
    for (const one of container.processes()) {
      const type = / --type=([a-z-]+)/.exec(one.args.join(' '))?.[1]
      if (one.pid === main.pid || type !== undefined) scores.set(type ?? 'browser', one.oomScoreAdj)
    }
    assert.equal(scores.get('browser'), initial)
    assert.equal(scores.get('renderer'), 300)
    table.row(`${flavour}: oom_score_adj`, JSON.stringify(Object.fromEntries(scores)))
  })

  test('sandboxes pages where user namespaces are allowed, and says where they are not', async t => {
    const allowed = await startContainer(t, image)
    const isSandboxed = async (container: typeof allowed) => {
      return (await container.browser()).args.join(' ').includes('--no-sandbox') === false
    }
    assert.equal(await isSandboxed(allowed), true)
    const folder = mkdtempSync(join(tmpdir(), 'sysmon-seccomp-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const profile = join(folder, 'seccomp.json')
    writeFileSync(profile, JSON.stringify(NO_NAMESPACES))
    const refused = await startContainer(t, image, {
      args: ['--security-opt', `seccomp=${profile}`],
    })
    assert.equal(await isSandboxed(refused), false)
    const said = await refused.sh('grep start-chromium: /var/log/supervisord/chromium.log')
    assert.match(said, /no user namespaces here/)
    await waitFor(async () => (await fetch(`${refused.devtools}/json/version`)).ok, 'DevTools')
    table.row(`${flavour}: no namespaces`, said.trim())
  })

  test('serves without the kernel log, and says what is missing', async t => {
    for (const [what, args, error] of [
      ['no device', [], /there is no \/dev\/kmsg/],
      ['no CAP_SYSLOG', ['--device', '/dev/kmsg'], /run with CAP_SYSLOG/],
    ] as const) {
      const container = await startContainer(t, image, { kernelLog: false, args })
      const health = await container.sh('/usr/local/libexec/healthcheck; echo "exit $?"')
      if (what === 'no CAP_SYSLOG' && !/OOM kills are not seen/.test(health)) {
        table.row(`${flavour}: ${what}`, 'watching all the same: kernel.dmesg_restrict is 0 here')
        continue
      }
      assert.match(health, /exit 1/)
      assert.match(health, error)
      const line = await container.sh('grep "will not be reported" /var/log/supervisord/sysmon.log')
      assert.match(line, error)
      table.row(`${flavour}: ${what}`, JSON.parse(line).msg)
    }
  })

  test('is ready before Chromium, keeps its state and ends when asked', async t => {
    const folder = mkdtempSync(join(tmpdir(), 'sysmon-state-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const container = await startContainer(t, image, {
      immediately: true,
      args: ['--volume', `${folder}:/var/lib/fastify-sysmon`],
    })
    let first = ''
    await waitFor(
      async () => {
        const [api, devtools] = await Promise.all(
          [`${container.api}/healthz`, `${container.devtools}/json/version`].map(isAnswering)
        )
        if (first === '' && (api || devtools)) first = devtools ? 'DevTools' : 'API'
        return devtools === true
      },
      'DevTools',
      () => container.logs()
    )
    assert.equal(first, 'API')
    await container.sh('/usr/local/libexec/healthcheck')
    await container.browser()
    const log = output('podman', ['logs', container.id])
    const at = (service: string) => log.indexOf(`${service} entered RUNNING`)
    assert.ok(at('supervisord-shim') !== -1 && at('supervisord-shim') < at('chromium'), log)
    const events = await container.events(t)
    assert.deepEqual(crashes(events), [])
    await podman(['stop', '--time', '20', container.id])
    const state = output('podman', ['inspect', '--format', '{{.State.ExitCode}}', container.id])
    assert.equal(state.trim(), '0')
    // Both write where they stand; the shim heard that supervisord stops.
    const positions = readdirSync(join(folder, 'spool')).filter(name => name.startsWith('position'))
    assert.equal(positions.length, 1, `${positions}`)
    assert.match(readFileSync(join(folder, 'spool', positions[0]!), 'utf8'), /"stopping":true/)
    assert.match(readFileSync(join(folder, 'kmsg-position'), 'utf8'), /"boot_id"/)
  })
}
