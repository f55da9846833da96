/**
 * What `fastify generate` makes, with the plugin in its folder of plugins: its own tests pass. It asks npm's
 * registry, or npm's cache.
 */

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { npmInstall, npmTools } from '../support/npm-tools.ts'

/** Its tests compile TypeScript, one process for each. */
const TEST_TIMEOUT_MS = 400_000

function run(folder: string, command: string, args: readonly string[]): string {
  // Else its test runner takes itself for a part of this one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env,
    timeout: TEST_TIMEOUT_MS,
  })
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

describe('an application that fastify generate made', () => {
  let folder = ''
  let tarball = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sysmon-generated-'))
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]
    tarball = join(folder, execFileSync('npm', pack, { encoding: 'utf8' }).trim())
  })
  after(() => rmSync(folder, { recursive: true }))

  /** @returns why it is not possible */
  const generate = (name: string, args: readonly string[], packages: readonly string[]) => {
    const tools = npmTools(['fastify-cli@8.0.2'])
    if ('skip' in tools) return tools.skip
    run(folder, join(tools.folder, 'node_modules/.bin/fastify'), ['generate', name, ...args])
    return npmInstall(join(folder, name), [tarball, ...packages])
  }

  test('in JavaScript', t => {
    const reason = generate('javascript', [], [])
    if (reason !== undefined) return t.skip(reason)
    const app = join(folder, 'javascript')
    const plugin = "'use strict'\n\nmodule.exports = require('fastify-sysmon').default\n"
    writeFileSync(join(app, 'plugins/sysmon.js'), plugin)
    assert.match(run(app, 'npm', ['test']), /# pass 3|ℹ pass 3/)
  })

  test('in TypeScript', t => {
    // TypeScript 6, which the template asks for, refuses the template's own tsconfig.json (TS5011).
    const reason = generate('typescript', ['--lang=ts'], ['typescript@~5.9.3'])
    if (reason !== undefined) return t.skip(reason)
    const app = join(folder, 'typescript')
    const plugin = "import sysmonPlugin from 'fastify-sysmon'\n\nexport default sysmonPlugin\n"
    writeFileSync(join(app, 'src/plugins/sysmon.ts'), plugin)
    run(app, 'npm', ['run', 'build:ts'])
    run(app, 'npx', ['tsc', '-p', 'test/tsconfig.json'])
    // As its `npm test`, but for the pattern, which the test runner of Node 20 does not know.
    const files = ['plugins', 'routes'].flatMap(name =>
      readdirSync(join(app, 'test', name)).map(file => join('test', name, file))
    )
    const printed = run(app, process.execPath, ['--test', '-r', 'ts-node/register', ...files])
    assert.match(printed, /# pass 3|ℹ pass 3/)
  })
})
