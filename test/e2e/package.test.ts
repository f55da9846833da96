/**
 * The package as a user gets it: the tarball of `npm pack`, unpacked beside nothing but its declared
 * dependencies, registered in a small application that has habits of its own.
 */

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { npmTools } from '../support/npm-tools.ts'
import { linksOf, PAPERS } from '../support/papers.ts'
import { PATIENCE_MS } from '../support/wait.ts'

const root = process.cwd()

function findPackageAbove(folder: string, name: string): string | undefined {
  for (let above = dirname(folder); ; above = dirname(above)) {
    if (existsSync(join(above, 'node_modules', name))) return above
    if (above === dirname(above)) return undefined
  }
}
let folder = ''
let tarball = ''

describe('the packed tarball', () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sysmon-pack-'))
    const [{ filename }] = JSON.parse(
      execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
    )
    tarball = join(folder, filename)
    const modules = join(folder, 'node_modules')
    mkdirSync(modules)
    execFileSync('tar', ['xzf', tarball, '-C', modules])
    execFileSync('mv', [join(modules, 'package'), join(modules, 'fastify-sysmon')])
    // What `npm install fastify fastify-sysmon` brings.
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    for (const name of ['fastify', ...Object.keys(dependencies)]) {
      mkdirSync(dirname(join(modules, name)), { recursive: true })
      symlinkSync(join(root, 'node_modules', name), join(modules, name))
    }
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  })
  after(() => rmSync(folder, { recursive: true }))

  const run = (script: string): string => {
    writeFileSync(join(folder, 'app.mjs'), script)
    return execFileSync(process.execPath, ['app.mjs'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: PATIENCE_MS,
    })
  }

  test('works in an application with a prefix, an error handler and a content-type parser of its own', () => {
    const printed = run(`
      import Fastify from 'fastify'
      import sysmonPlugin from 'fastify-sysmon'
      const app = Fastify()
      app.setErrorHandler((error, request, reply) => reply.code(418).send('teapot'))
      app.removeContentTypeParser('application/json')
      app.addContentTypeParser('application/json', (request, body, done) => { body.resume(); done(null, 'mine') })
      app.post('/own', async request => request.body)
      app.get('/own', async () => { throw new Error('x') })
      await app.register(sysmonPlugin, { prefix: '/sysmon', kmsgPath: false })
      const json = { 'content-type': 'application/json' }
      const posted = await app.inject({ method: 'POST', url: '/sysmon/telemetry/events', headers: json, payload: '{"type":"x","category":"page","data":{"n":1}}' })
      const refused = await app.inject({ method: 'POST', url: '/sysmon/telemetry/events', headers: json, payload: '{' })
      const own = await app.inject({ method: 'POST', url: '/own', headers: json, payload: '{' })
      const failed = await app.inject('/own')
      console.log(JSON.stringify([posted.statusCode, posted.json().event.data, refused.statusCode, Object.keys(refused.json()), own.body, failed.statusCode]))
      await app.close()
    `)
    assert.deepEqual(JSON.parse(printed), [200, { n: 1 }, 400, ['message'], 'mine', 418])
  })

  test('without the optional packages it works, and a sink that needs one says which', t => {
    // Node looks in the folders above, too.
    const above = findPackageAbove(folder, '@s2-dev/streamstore')
    if (above !== undefined) return t.skip(`${above} has the optional packages`)
    const printed = run(`
      import Fastify from 'fastify'
      import sysmonPlugin from 'fastify-sysmon'
      process.env.OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:4318'
      const app = Fastify()
      const s2 = { accessToken: 'x', basin: 'some-basin' }
      await app.register(sysmonPlugin, { kmsgPath: false, stateDir: false, s2, otlp: true })
      await app.ready()
      app.sysmon.publish({ type: 'x', category: 'page' })
      while (app.sysmon.health().sinks.some(({ state }) => state !== 'misconfigured')) {
        await new Promise(resolve => setTimeout(resolve, 10))
      }
      console.log(JSON.stringify(app.sysmon.health().sinks.map(({ error }) => error)))
      await app.close()
    `)
    const [s2, otlp] = JSON.parse(printed) as [string, string]
    assert.match(s2, /: npm install @s2-dev\/streamstore@0\.\d+$/)
    assert.match(
      otlp,
      /: npm install @opentelemetry\/otlp-exporter-base@0\.\d+ @opentelemetry\/otlp-transformer@0\.\d+ @opentelemetry\/resources@\d+$/
    )
  })

  test('can be required by CommonJS code', () => {
    writeFileSync(
      join(folder, 'app.cjs'),
      "const { sysmonPlugin, default: other } = require('fastify-sysmon'); console.log(other === sysmonPlugin && typeof sysmonPlugin)"
    )
    assert.equal(
      execFileSync(process.execPath, ['--no-warnings', 'app.cjs'], {
        cwd: folder,
        encoding: 'utf8',
      }),
      'function\n'
    )
  })

  test('has types, for ES modules and CommonJS, which need none of the packages of the sinks', () => {
    const sources = {
      'app.ts': `
        import Fastify from 'fastify'
        import sysmonPlugin, { type EventEnvelope } from 'fastify-sysmon'
        const app = Fastify()
        await app.register(sysmonPlugin, { prefix: '/x', ringEvents: 10 })
        await app.register(sysmonPlugin, { s2: { accessToken: 'x', basin: 'some-basin', linger: 5 } })
        const stop: () => void = app.sysmon.subscribe((envelope: EventEnvelope) => console.log(envelope.seq), { from: 'oldest' })
        stop()
        // @ts-expect-error an option that there is not
        await app.register(sysmonPlugin, { ringEvent: 10 })
        // @ts-expect-error a wrong type
        app.sysmon.publish({ type: 7 })`,
      'app.cts': `
        import Fastify = require('fastify')
        import sysmon = require('fastify-sysmon')
        import { sysmonPlugin, type EventEnvelope } from 'fastify-sysmon'
        import type { Health } from 'fastify-sysmon/types'
        const app = Fastify()
        app.register(sysmonPlugin, { prefix: '/x' }).register(sysmon.default)
        app.ready(() => {
          const health: Health = app.sysmon.health()
          app.sysmon.subscribe((envelope: EventEnvelope) => console.log(envelope.seq, health.status))
        })
        // @ts-expect-error a wrong type
        app.register(sysmonPlugin, { prefix: 5 })`,
      'consumer.ts': `
        import type { EventEnvelope } from 'fastify-sysmon/types'
        declare module 'fastify-sysmon/types' {
          interface CustomEventTypes { backup_finished: { duration_ms: number } }
        }
        export const number = ({ event }: EventEnvelope): number | undefined => {
          if (event.type === 'system_oom_kill') return event.data?.pid
          if (event.type === 'backup_finished') return event.data?.duration_ms
          // @ts-expect-error nobody named it
          if (event.type === 'backup_begun') return 0
          return undefined
        }`,
      'consumer.cts': `
        import type { Sysmon } from 'fastify-sysmon/types'
        export const follow = (sysmon: Sysmon) => sysmon.subscribe(
          ({ event }): number | undefined => event.data?.duration_ms,
          { types: ['backup_finished'] }
        )`,
    }
    for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, name), text)
    // Without --skipLibCheck: all declarations that are reached are checked.
    const { stdout } = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/typescript/bin/tsc'),
        ...['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--listFiles'],
        ...['--module', 'node16', '--target', 'es2022'],
        ...['--typeRoots', join(root, 'node_modules/@types'), '--types', 'node'],
        ...Object.keys(sources),
      ],
      { cwd: folder, encoding: 'utf8' }
    )
    assert.doesNotMatch(stdout, /error TS/)
    const reached = stdout.split('\n').filter(path => path.includes('/fastify-sysmon/'))
    assert.deepEqual(reached.map(path => path.replace(/.*fastify-sysmon\//, '')).sort(), [
      'dist/generated/types.d.ts',
      'dist/plugin/commonjs/index.d.cts',
      'dist/plugin/commonjs/types.d.cts',
      'dist/plugin/index.d.ts',
      'dist/plugin/types.d.ts',
    ])
    assert.doesNotMatch(stdout, /@s2-dev|@opentelemetry/)
  })

  test('has the OpenAPI document, as JSON and as YAML', () => {
    const printed = run(`
      import { readFileSync } from 'node:fs'
      import document from 'fastify-sysmon/openapi.json' with { type: 'json' }
      const yaml = readFileSync(new URL(import.meta.resolve('fastify-sysmon/openapi.yaml')), 'utf8')
      console.log(JSON.stringify([document.openapi, Object.keys(document.paths), yaml.slice(0, 8)]))
    `)
    const [version, paths, yaml] = JSON.parse(printed) as [string, string[], string]
    assert.match(version, /^3\.1/)
    assert.ok(paths.includes('/telemetry/events'))
    assert.equal(yaml, 'openapi:')
  })

  test('its types are found by every way of TypeScript to look for them', t => {
    const tools = npmTools(['@arethetypeswrong/cli@0.18.5'])
    if ('skip' in tools) return t.skip(tools.skip)
    const attw = join(tools.folder, 'node_modules/.bin/attw')
    const { status, stdout } = spawnSync(attw, [tarball, '--format', 'ascii'], { encoding: 'utf8' })
    assert.equal(status, 0, stdout)
  })

  test('package.json says whose it is, and every map leads to a source', () => {
    const packed = join(folder, 'node_modules/fastify-sysmon')
    const { author, homepage, bugs, repository, publishConfig } = JSON.parse(
      readFileSync(join(packed, 'package.json'), 'utf8')
    )
    assert.ok(author && homepage && bugs && repository.url)
    assert.equal(publishConfig.provenance, true)
    let maps = 0
    for (const path of readdirSync(packed, { recursive: true, encoding: 'utf8' })) {
      if (!/^dist\/.*\.(?:c?js|d\.c?ts)$/.test(path)) continue
      const text = readFileSync(join(packed, path), 'utf8')
      const name = /\n\/\/# sourceMappingURL=(\S+)\s*$/.exec(text)?.[1]
      if (name === undefined) {
        // Written by hand, and the command, whose code is readable as it is.
        assert.match(path, /^dist\/(?:plugin\/commonjs|bundle\/cli|plugin\/cli)\//)
        continue
      }
      const file = join(packed, dirname(path), name)
      const map = JSON.parse(readFileSync(file, 'utf8'))
      for (const [index, source] of (map.sources as string[]).entries()) {
        const isThere = existsSync(join(dirname(file), source))
        assert.ok(isThere || map.sourcesContent?.[index], `${path}: ${source}`)
      }
      maps++
    }
    assert.ok(maps > 10, `${maps} maps`)
  })

  test('brings the commands, maps to what they were made of, and no tests or fixtures', () => {
    const bin = join(folder, 'node_modules/fastify-sysmon/dist/plugin/cli/sysmon.js')
    assert.match(
      execFileSync(process.execPath, [bin, '--help'], { encoding: 'utf8' }),
      /^Usage: sysmon/
    )
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    assert.equal(
      execFileSync(process.execPath, [bin, '--version'], { encoding: 'utf8' }),
      `${version}\n`
    )
    const files = execFileSync('find', ['node_modules/fastify-sysmon', '-type', 'f'], {
      cwd: folder,
      encoding: 'utf8',
    })
    assert.doesNotMatch(files, /\.test\.|fixtures|\.kmsg/)
    // Declarations that a host can reach, and what their maps lead to; no internal ones.
    const typescript = files.split('\n').filter(path => /\.[cm]?ts$/.test(path))
    assert.deepEqual(typescript.map(path => path.replace(/.*fastify-sysmon\//, '')).sort(), [
      'dist/generated/types.d.ts',
      'dist/plugin/commonjs/index.d.cts',
      'dist/plugin/commonjs/types.d.cts',
      'dist/plugin/index.d.ts',
      'dist/plugin/types.d.ts',
      'generated/types.ts',
      'plugin/index.ts',
      'plugin/types.ts',
    ])
  })

  test('brings the papers, and what they link to', () => {
    const packed = join(folder, 'node_modules/fastify-sysmon')
    let links = 0
    for (const paper of PAPERS) {
      assert.ok(existsSync(join(packed, paper)), paper)
      for (const link of linksOf(paper)) {
        const [path] = link.split('#')
        assert.ok(existsSync(join(packed, dirname(paper), path!)), `${paper} links to ${link}`)
        links++
      }
    }
    assert.ok(links > 30, `${links} links`)
  })
})
