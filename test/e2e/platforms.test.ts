/**
 * macOS and Windows: the package installs, says that there is no kernel log, and the rest works. No such
 * machine is here: Node is told that it is on one, and what Linux alone has is taken away.
 */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { npmInstall } from '../support/npm-tools.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { PATIENCE_MS } from '../support/wait.ts'

const PLUGIN = pathToFileURL(join(import.meta.dirname, '../../plugin/index.js')).href
const FASTIFY = pathToFileURL(
  join(import.meta.dirname, '../../../node_modules/fastify/fastify.js')
).href

/** Loaded before all else. On Windows there are no users by number, and no command flock; on macOS neither. */
const elsewhere = (platform: string) => `
  import fs from 'node:fs'
  import { syncBuiltinESMExports } from 'node:module'
  Object.defineProperty(process, 'platform', { value: '${platform}' })
  if ('${platform}' === 'win32') {
    for (const name of ['geteuid', 'getuid', 'getegid', 'getgid']) delete process[name]
  }
  process.env.PATH = ''
  for (const name of ['readFileSync', 'openSync', 'readdirSync', 'readlinkSync', 'readFile', 'statSync']) {
    const real = fs[name]
    fs[name] = (path, ...rest) => {
      if (!/^\\/(?:proc|sys|dev)\\//.test(String(path))) return real(path, ...rest)
      const error = Object.assign(new Error('ENOENT: no such file, ' + path), { code: 'ENOENT' })
      if (name !== 'readFile') throw error
      rest.at(-1)(error)
    }
  }
  syncBuiltinESMExports()
`

const APP = `
  import Fastify from '${FASTIFY}'
  import sysmonPlugin from '${PLUGIN}'
  const lines = []
  const app = Fastify({ logger: { level: 'warn', stream: { write: line => lines.push(JSON.parse(line).msg) } } })
  await app.register(sysmonPlugin, { stateDir: process.argv[2] || false })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const stream = await fetch(url + '/telemetry/stream')
  const posted = await fetch(url + '/telemetry/events', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"type":"x","category":"page"}',
  })
  const { value } = await stream.body.getReader().read()
  const health = await (await fetch(url + '/healthz')).json()
  const page = await (await fetch(url + '/telemetry/events?limit=9')).json()
  await app.close()
  console.log(JSON.stringify([posted.status, new TextDecoder().decode(value).slice(0, 6), page.length, health.kmsg.error, health.journal.error ?? null, lines]))
  process.exit()
`

function run(t: Parameters<typeof temporaryFolder>[0], platform: string, stateDir = '') {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'elsewhere.mjs'), elsewhere(platform))
  writeFileSync(join(folder, 'app.mjs'), APP)
  const args = ['--import', join(folder, 'elsewhere.mjs'), join(folder, 'app.mjs'), stateDir]
  const printed = execFileSync(process.execPath, args, { encoding: 'utf8', timeout: PATIENCE_MS })
  return JSON.parse(printed) as [number, string, number, string, string | null, string[]]
}

for (const platform of ['darwin', 'win32']) {
  test(`${platform}: no kernel log, and that is said; events are posted, streamed and read`, t => {
    const [status, frame, count, error, , lines] = run(t, platform)
    assert.deepEqual([status, frame, count], [200, 'id: 1\n', 1])
    assert.match(error, new RegExp(`^${platform} has no kernel log .* on Linux only$`))
    assert.equal(lines.length, 1)
    assert.match(lines[0]!, /kernel log/)
  })

  test(`${platform}: a state folder that cannot be locked is said, and events are in memory`, t => {
    const [status, , count, , error] = run(t, platform, temporaryFolder(t))
    assert.deepEqual([status, count], [200, 1])
    assert.match(error!, platform === 'win32' ? /leave it out/ : /no command flock/)
  })

  test(`${platform}: npm installs the package there`, t => {
    const folder = temporaryFolder(t)
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]
    const tarball = join(folder, execFileSync('npm', pack, { encoding: 'utf8' }).trim())
    const host = mkdtempSync(join(folder, 'host-'))
    writeFileSync(join(host, 'package.json'), '{"type":"module"}')
    const there = [`--os=${platform}`, '--cpu=arm64', 'fastify@5', tarball]
    const reason = npmInstall(host, there)
    if (reason !== undefined) return t.skip(reason)
    const { os } = JSON.parse(
      execFileSync('tar', ['xzOf', tarball, 'package/package.json'], { encoding: 'utf8' })
    ) as { os?: string[] }
    assert.equal(os, undefined)
  })
}
