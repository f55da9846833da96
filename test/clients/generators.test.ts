/**
 * Clients in four languages, generated from the OpenAPI document: each is compiled, publishes an event to a real
 * server, and reads it back from the page and from the stream. The programs are in test/clients/programs.
 */

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { goTools, pythonTools } from '../support/client-tools.ts'
import { npmTools } from '../support/npm-tools.ts'
import { postJson } from '../support/post-json.ts'
import { startServer } from '../support/server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const PROGRAMS = join(ROOT, 'test/clients/programs')
const DOCUMENT = join(ROOT, 'openapi/openapi.yaml')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
const OPENAPI_TYPESCRIPT = join(ROOT, 'node_modules/openapi-typescript/bin/cli.js')

/** What one program prints. */
interface Seen {
  readonly published: object
  readonly refused: string
  readonly page: readonly object[]
  readonly streamed: object
  readonly health: string
  /** Of a page that was asked for by `format` alone. */
  readonly whole?: number
}

/** Throws with what the command printed. */
function run(command: string, args: readonly string[], cwd: string): string {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  assert.equal(error, undefined)
  assert.equal(status, 0, `${command} ${args.join(' ')}:\n${stdout}${stderr}`)
  return stdout
}

const MEM_FREE_KB = 12

/** An event of each kind on a server, and what a program then sees there. */
async function check(
  t: TestContext,
  command: string,
  args: readonly string[],
  cwd: string
): Promise<void> {
  const { url } = await startServer(t, { SYSMON_KMSG_PATH: 'false' })
  const kill = {
    process_name: 'node',
    pid: 7,
    rss_kb: 5,
    mem_free_kb: MEM_FREE_KB,
    later_field: [1],
  }
  const bodies = [
    { type: 'system_oom_kill', data: kill },
    { type: 'service_crashed', data: { service_name: 'mutter', phase: 'gave_up' } },
    { type: 'telemetry_gap', data: { source: 'stream', reason: 'none' } },
    { type: 'backup_finished', category: 'platform', data: { duration_ms: 5120 } },
    { type: 'page_load', source: { kind: 'cdp', event: 'e', metadata: { a: 'b' } } },
    { type: 'large', category: 'page', data: 'x'.repeat(1_000_000) },
  ]
  for (const body of bodies) {
    const { status, text } = await postJson(`${url}/telemetry/events`, body)
    assert.equal(status, 200, text)
  }
  const configured = await fetch(`${url}/telemetry`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: '{"browser":{"console":{"enabled":false}}}',
  })
  assert.equal(configured.status, 200)

  const printed = execFileSync(command, [...args, url], { cwd, encoding: 'utf8', timeout: 60_000 })
  const { whole, ...seen } = JSON.parse(printed) as Seen
  const first = {
    seq: 1,
    type: 'system_oom_kill',
    name: 'node',
    rss_kb: 5,
    mem_free_kb: MEM_FREE_KB,
  }
  const own = { seq: 8, type: first.type, name: 'chrome', rss_kb: 1351104, mem_free_kb: 0 }
  const others = [...bodies.map(({ type }) => type), 'telemetry_configured'].map((type, index) => ({
    seq: index + 1,
    type,
  }))
  assert.deepEqual(seen, {
    published: own,
    refused: 'type is required',
    page: [first, ...others.slice(1), own],
    // Some begin at the oldest, for they ask for no header before the first event.
    streamed: (seen.streamed as { seq: number }).seq === 1 ? first : own,
    health: 'ok',
  })
  assert.equal(whole ?? seen.page.length, seen.page.length)
}

test('oapi-codegen (Go)', async t => {
  const tools = goTools()
  if ('skip' in tools) return t.skip(tools.skip)
  const folder = temporaryFolder(t)
  cpSync(join(PROGRAMS, 'go'), folder, { recursive: true })
  mkdirSync(join(folder, 'client'))
  const generate = ['-generate', 'types,client', '-package', 'client', DOCUMENT]
  const client = run(join(tools.folder, 'oapi-codegen'), generate, folder)
  writeFileSync(join(folder, 'client/client.go'), client)
  run('go', ['vet', './...'], folder)
  run('go', ['build', '-o', 'program', '.'], folder)
  await check(t, './program', [], folder)
})

test('openapi-python-client (Python, attrs)', async t => {
  const tools = pythonTools()
  if ('skip' in tools) return t.skip(tools.skip)
  const folder = temporaryFolder(t)
  const python = join(tools.folder, 'bin/python')
  const generate = ['generate', '--path', DOCUMENT, '--meta', 'none', '--output-path', 'client']
  run(join(tools.folder, 'bin/openapi-python-client'), generate, folder)
  run(python, ['-m', 'compileall', '-q', 'client'], folder)
  cpSync(join(PROGRAMS, 'openapi_python_client.py'), join(folder, 'program.py'))
  await check(t, python, ['program.py'], folder)
})

test('datamodel-code-generator (Python, pydantic 2)', async t => {
  const tools = pythonTools()
  if ('skip' in tools) return t.skip(tools.skip)
  const folder = temporaryFolder(t)
  const to = ['--output', 'client.py', '--output-model-type', 'pydantic_v2.BaseModel']
  const from = ['--input', DOCUMENT, '--input-file-type', 'openapi', '--formatters', 'builtin']
  run(join(tools.folder, 'bin/datamodel-codegen'), [...from, ...to], folder)
  cpSync(join(PROGRAMS, 'pydantic_models.py'), join(folder, 'program.py'))
  await check(t, join(tools.folder, 'bin/python'), ['program.py'], folder)
})

/** Compiles the program with what was generated beside it, and makes one file of them that Node runs. */
async function compile(folder: string, packages: string): Promise<void> {
  // The packages and @types/node, which is this project's own.
  symlinkSync(join(packages, 'node_modules'), join(folder, 'node_modules'))
  const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')]
  const strict = ['--strict', '--noUncheckedIndexedAccess', '--skipLibCheck', '--noEmit']
  const modules = ['--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler']
  run(process.execPath, [TSC, ...strict, ...modules, ...types, 'program.ts'], folder)
  await build({
    entryPoints: [join(folder, 'program.ts')],
    outfile: join(folder, 'program.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  })
}

test('openapi-typescript and openapi-fetch (TypeScript)', async t => {
  const tools = npmTools(['openapi-fetch@0.17.0'])
  if ('skip' in tools) return t.skip(tools.skip)
  const folder = temporaryFolder(t)
  run(process.execPath, [OPENAPI_TYPESCRIPT, DOCUMENT, '-o', 'client.ts'], folder)
  cpSync(join(PROGRAMS, 'openapi-fetch.ts'), join(folder, 'program.ts'))
  await compile(folder, tools.folder)
  await check(t, process.execPath, ['program.mjs'], folder)
})

test('@hey-api/openapi-ts (TypeScript)', async t => {
  const tools = npmTools(['@hey-api/openapi-ts@0.95.0', 'typescript@5.9.3'])
  if ('skip' in tools) return t.skip(tools.skip)
  const folder = temporaryFolder(t)
  const generator = join(tools.folder, 'node_modules/.bin/openapi-ts')
  const generate = ['-i', DOCUMENT, '-o', 'client', '-c', '@hey-api/client-fetch']
  run(generator, generate, folder)
  cpSync(join(PROGRAMS, 'hey-api.ts'), join(folder, 'program.ts'))
  await compile(folder, tools.folder)
  await check(t, process.execPath, ['program.mjs'], folder)
})
