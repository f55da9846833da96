/**
 * The packed tarball as `npm install` puts it beside the oldest and the newest Fastify that it is for: what it
 * brings, and that it works there. It asks npm's registry, or npm's cache.
 */

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { npmInstall } from '../support/npm-tools.ts'
import { PATIENCE_MS } from '../support/wait.ts'

/** What is brought beside fastify, on disk. */
const MAX_BYTES = 8_000_000

const APP = `
  import Fastify from 'fastify'
  import sysmonPlugin from 'fastify-sysmon'
  const app = Fastify()
  await app.register(sysmonPlugin, { prefix: '/x', kmsgPath: false, stateDir: false })
  const url = await app.listen({ port: 0 })
  const headers = { 'content-type': 'application/json' }
  const body = '{"type":"t","category":"page","data":1}'
  const posted = await fetch(url + '/x/telemetry/events', { method: 'POST', headers, body })
  const page = await fetch(url + '/x/telemetry/events?limit=3')
  const stream = await fetch(url + '/x/telemetry/stream?replay=all')
  const { value } = await stream.body.getReader().read()
  const refused = await fetch(url + '/x/telemetry/events', { method: 'POST', headers, body: '{}' })
  console.log(JSON.stringify([
    app.version,
    posted.status,
    (await page.json()).length,
    new TextDecoder().decode(value).slice(0, 6),
    refused.status,
    (await fetch(url + '/x/healthz')).status,
  ]))
  await app.close()
  process.exit()
`

function bytesOf(path: string): number {
  const stats = lstatSync(path)
  if (!stats.isDirectory()) return stats.size
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0)
}

const TYPED = {
  'typed.ts': `
    import Fastify from 'fastify'
    import sysmonPlugin, { type EventEnvelope } from 'fastify-sysmon'
    const app = Fastify()
    await app.register(sysmonPlugin, { prefix: '/x', ringEvents: 10 })
    app.sysmon.subscribe((envelope: EventEnvelope) => console.log(envelope.seq))`,
  'typed.cts': `
    import Fastify = require('fastify')
    import { sysmonPlugin } from 'fastify-sysmon'
    const app = Fastify()
    app.register(sysmonPlugin, { prefix: '/x' })
    app.ready(() => console.log(app.sysmon.health().status))`,
}
/** Ways to look for modules, and the files that there are for each. */
const RESOLUTIONS: ReadonlyArray<readonly string[]> = [
  ['--module', 'node16', 'typed.ts', 'typed.cts'],
  ['--module', 'esnext', '--moduleResolution', 'bundler', 'typed.ts'],
]

describe('npm install fastify-sysmon', () => {
  let folder = ''
  let tarball = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sysmon-hosts-'))
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]
    tarball = join(folder, execFileSync('npm', pack, { encoding: 'utf8' }).trim())
  })
  after(() => rmSync(folder, { recursive: true }))

  /** @returns why it is not possible, where there is no registry to be asked */
  const install = (host: string, ...packages: string[]): string | undefined => {
    writeFileSync(join(host, 'package.json'), '{"type":"module"}')
    return npmInstall(host, packages)
  }

  for (const version of ['5.0.0', '5']) {
    test(`beside fastify@${version}: one copy of it, little else, and it works`, t => {
      const host = mkdtempSync(join(folder, 'host-'))
      let reason = install(host, `fastify@${version}`)
      if (reason !== undefined) return t.skip(reason)
      const alone = bytesOf(join(host, 'node_modules'))
      reason = install(host, `fastify@${version}`, tarball)
      if (reason !== undefined) return t.skip(reason)
      const brought = bytesOf(join(host, 'node_modules')) - alone
      t.diagnostic(`${(brought / 1e6).toFixed(1)} MB beside fastify`)
      assert.ok(brought < MAX_BYTES, `${brought} bytes beside fastify`)
      const copies = execFileSync('find', ['.', '-path', '*/node_modules/fastify/package.json'], {
        cwd: host,
        encoding: 'utf8',
      })
      assert.equal(copies, './node_modules/fastify/package.json\n')
      writeFileSync(join(host, 'app.mjs'), APP)
      const printed = execFileSync(process.execPath, ['app.mjs'], {
        cwd: host,
        encoding: 'utf8',
        timeout: PATIENCE_MS,
      })
      const [running, ...answers] = JSON.parse(printed)
      assert.ok(version === '5' ? running.startsWith('5.') : running === version, running)
      assert.deepEqual(answers, [200, 1, 'id: 1\n', 400, 200])

      for (const [name, text] of Object.entries(TYPED)) writeFileSync(join(host, name), text)
      const modules = join(process.cwd(), 'node_modules')
      for (const resolution of RESOLUTIONS) {
        // Without --skipLibCheck: Fastify's declarations and ours are checked too.
        const { stdout } = spawnSync(
          process.execPath,
          [
            ...[join(modules, 'typescript/bin/tsc'), '--noEmit', '--strict', '--target', 'es2022'],
            ...['--typeRoots', join(modules, '@types'), '--types', 'node', ...resolution],
          ],
          { cwd: host, encoding: 'utf8' }
        )
        assert.equal(stdout, '', resolution.join(' '))
      }
    })
  }

  test('installing runs no script', () => {
    const list = execFileSync('tar', ['xzOf', tarball, 'package/package.json'], {
      encoding: 'utf8',
    })
    const { scripts } = JSON.parse(list) as { scripts: Record<string, string> }
    const atInstall = [
      'preinstall',
      'install',
      'postinstall',
      'prepare',
      'preprepare',
      'postprepare',
    ]
    assert.deepEqual(
      Object.keys(scripts).filter(name => atInstall.includes(name)),
      []
    )
  })
})
