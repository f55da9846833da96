/**
 * The package as a user gets it: the tarball of `npm pack`, unpacked beside nothing but its declared
 * dependencies, registered in a small application that has habits of its own.
 */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { linksOf, PAPERS } from '../support/papers.ts'

const root = process.cwd()

function findPackageAbove(folder: string, name: string): string | undefined {
  for (let above = dirname(folder); ; above = dirname(above)) {
    if (existsSync(join(above, 'node_modules', name))) return above
    if (above === dirname(above)) return undefined
  }
}
let folder = ''

describe('the packed tarball', () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sysmon-pack-'))
    const [{ filename }] = JSON.parse(
      execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
    )
    const modules = join(folder, 'node_modules')
    mkdirSync(modules)
    execFileSync('tar', ['xzf', join(folder, filename), '-C', modules])
    execFileSync('mv', [join(modules, 'package'), join(modules, 'fastify-sysmon')])
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    for (const name of Object.keys(dependencies)) {
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
      timeout: 30_000,
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
    assert.match(s2, /npm install @s2-dev\/streamstore/)
    assert.match(otlp, /npm install @opentelemetry\/otlp-exporter-base/)
  })

  test('can be required by CommonJS code', () => {
    writeFileSync(
      join(folder, 'app.cjs'),
      "console.log(typeof require('fastify-sysmon').sysmonPlugin)"
    )
    assert.equal(
      execFileSync(process.execPath, ['--no-warnings', 'app.cjs'], {
        cwd: folder,
        encoding: 'utf8',
      }),
      'function\n'
    )
  })

  test('has types: options, decorator and events', () => {
    writeFileSync(
      join(folder, 'app.ts'),
      `import Fastify from 'fastify'
       import sysmonPlugin, { type EventEnvelope } from 'fastify-sysmon'
       const app = Fastify()
       await app.register(sysmonPlugin, { prefix: '/x', ringEvents: 10 })
       const stop: () => void = app.sysmon.subscribe((envelope: EventEnvelope) => console.log(envelope.seq), { from: 'oldest' })
       stop()
       // @ts-expect-error an option that there is not
       await app.register(sysmonPlugin, { ringEvent: 10 })
       // @ts-expect-error a wrong type
       app.sysmon.publish({ type: 7 })
      `
    )
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const types = join(root, 'node_modules/@types')
    execFileSync(
      process.execPath,
      [
        tsc,
        '--noEmit',
        '--strict',
        '--module',
        'nodenext',
        '--target',
        'es2022',
        '--skipLibCheck',
        '--typeRoots',
        types,
        '--types',
        'node',
        'app.ts',
      ],
      { cwd: folder, stdio: 'inherit' }
    )
  })

  test('brings the commands and no sources, tests or fixtures', () => {
    const bin = join(folder, 'node_modules/fastify-sysmon/dist/plugin/cli/sysmon.js')
    assert.match(
      execFileSync(process.execPath, [bin, '--help'], { encoding: 'utf8' }),
      /^Usage: sysmon/
    )
    const files = execFileSync('find', ['node_modules/fastify-sysmon', '-type', 'f'], {
      cwd: folder,
      encoding: 'utf8',
    })
    assert.doesNotMatch(files, /\.test\.|fixtures|\.kmsg|[^d]\.ts$/m)
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
