/**
 * What README.md and docs/ say is so. Every block of commands is run as it stands, in a fresh copy of
 * the project with a server of its own, or has a comment above it that says why not; names, links and
 * tables are held against the code.
 *
 *     <!-- not run: REASON -->          above a block that is run nowhere, or elsewhere
 *     <!-- not run without: WHAT -->    `kills` or `s2`: run where it can be had
 *     <!-- from FILE -->                above code that is in that file, as it stands
 *     <!-- printed by the commands above -->
 */

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { get } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { delimiter, dirname, join, resolve } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import ts from 'typescript'
import { type SchemaName, schemas } from '../../generated/schemas.ts'
import type { EventEnvelope } from '../../generated/types.ts'
import { eventText } from '../../plugin/cli/event-line.ts'
import { OPTIONS } from '../../plugin/options.ts'
import { assertValid, document } from '../support/app.ts'
import { isThere } from '../support/install.ts'
import { whyNoOomKills } from '../support/oom.ts'
import {
  anchorsOf,
  type Block,
  blocksOf,
  codeSpansOf,
  isNamedRightly,
  linksOf,
  PAPERS,
  projectFiles,
  proseOf,
  tableUnder,
} from '../support/papers.ts'
import { postJson } from '../support/post-json.ts'
import { findRealPart } from '../support/real-parts.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const blocks = PAPERS.flatMap(blocksOf)
const isCommands = ({ language }: Block) => language === 'sh' || language === 'bash'

// --- commands -----------------------------------------------------------------------------------

/** What runs until it is stopped: started beside the rest, and stopped after the last block of its file. */
const ENDLESS = /^(?:curl -N|sysmon tail|npm ci && npm start$)/
/** From a clean copy to an answer: npm ci, and the compiler, on a busy machine. */
const START_MS = 240_000

/** The slowest block installs the package with all it needs. */
const BLOCK_MS = 180_000

const s2 = findRealPart('s2')
const WHY_NOT: Readonly<Record<string, () => string | undefined>> = {
  kills: whyNoOomKills,
  s2: () => (s2 === undefined ? 'there is no s2: npm run real-parts builds it' : undefined),
}

/** @returns why a block is not run here, or undefined */
function whyNotRun({ comment = '' }: Block): string | undefined {
  const [, reason] = /^not run: (.+)$/.exec(comment) ?? []
  if (reason !== undefined) return reason
  const [, needed] = /^not run without: (.+)$/.exec(comment) ?? []
  if (needed === undefined) return undefined
  assert.ok(WHY_NOT[needed], `"not run without" knows ${Object.keys(WHY_NOT)}, not ${needed}`)
  return WHY_NOT[needed]()
}

/** A port that is free: the one that the papers name, where it is. */
async function freePort(wanted: number): Promise<number> {
  for (const port of [wanted, 0]) {
    const server = createServer().listen(port, '127.0.0.1')
    try {
      await once(server, 'listening')
      return (server.address() as AddressInfo).port
    } catch (error) {
      if (port === 0) throw error
    } finally {
      server.close()
    }
  }
  throw new Error('no port is free')
}

/** Where the blocks of one file run: the copy, with ports and folders of its own. */
class Sandbox {
  readonly #copy: string
  readonly #folder: string
  readonly #ports: { readonly api: number; readonly s2: number }
  readonly #running: Array<{ readonly name: string; readonly process: ChildProcess; log: string }> =
    []
  readonly output: string[] = []

  private constructor(copy: string, folder: string, ports: { api: number; s2: number }) {
    this.#copy = copy
    this.#folder = folder
    this.#ports = ports
    mkdirSync(join(folder, 'prefix/lib'), { recursive: true })
    // As if the package were installed on the machine.
    mkdirSync(join(folder, 'bin'))
    symlinkSync(resolve(copy, 'dist/plugin/cli/sysmon.js'), join(folder, 'bin/sysmon'))
    // An answer that is an error ends curl with an exit status, and its head is printed.
    writeFileSync(join(folder, '.curlrc'), 'fail\ninclude\n')
  }

  static async open(t: TestContext, copy: string): Promise<Sandbox> {
    const ports = { api: await freePort(10001), s2: await freePort(8080) }
    const sandbox = new Sandbox(copy, temporaryFolder(t, 'sysmon-papers-'), ports)
    t.after(() => sandbox.close())
    return sandbox
  }

  get #environment(): NodeJS.ProcessEnv {
    // What npm and the test runner tell their children is not what a terminal has.
    const kept = Object.entries(process.env).filter(
      ([name]) => !/^(?:npm_|NODE_(?:TEST|OPTIONS|CHANNEL))/.test(name)
    )
    const own = ['prefix/bin', 'bin'].map(name => join(this.#folder, name))
    const path = [dirname(process.execPath), ...own, process.env.PATH]
    if (s2 !== undefined) path.unshift(dirname(s2))
    return {
      ...Object.fromEntries(kept),
      PATH: path.join(delimiter),
      CURL_HOME: this.#folder,
      PORT: String(this.#ports.api),
      SYSMON_STATE_DIR: join(this.#folder, 'state'),
      npm_config_prefix: join(this.#folder, 'prefix'),
      npm_config_prefer_offline: 'true',
      npm_config_update_notifier: 'false',
    }
  }

  /** As it stands, but for ports that are taken on this machine. */
  #here(text: string): string {
    return text
      .replaceAll('10001', String(this.#ports.api))
      .replaceAll('8080', String(this.#ports.s2))
      .replaceAll('/tmp/s2', join(this.#folder, 's2'))
  }

  #start(script: string): { process: ChildProcess; log: string } {
    const log = join(this.#folder, `log-${this.#running.length}`)
    const fd = openSync(log, 'w')
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: this.#copy,
      env: this.#environment,
      stdio: ['ignore', fd, fd],
      detached: true,
    })
    closeSync(fd)
    this.#running.push({ name: script, process: child, log })
    return { process: child, log }
  }

  async run(text: string): Promise<void> {
    const lines = text.split('\n')
    const endless = lines.filter(line => ENDLESS.test(line))
    const script = lines.filter(line => !ENDLESS.test(line)).join('\n')
    if (script !== '') {
      const { process: child, log } = this.#start(this.#here(script))
      const deadline = setTimeout(() => this.#kill(child), BLOCK_MS)
      const [code] = await once(child, 'exit')
      clearTimeout(deadline)
      const printed = readFileSync(log, 'utf8')
      assert.equal(code, 0, `exit status ${code} of\n${script}\n${printed}`)
      this.output.push(printed)
    }
    // With what the block has exported before.
    const exports = lines.filter(line => line.startsWith('export ')).join('\n')
    for (const line of endless) this.#start(this.#here(`${exports}\n${line}`))
    if (/npm start/.test(text)) await this.#untilItAnswers()
  }

  /** Where a block of the file starts no server, one is there before its first. */
  async ensureServer(): Promise<void> {
    if (await this.#isAnswering()) return
    this.#start('node dist/plugin/cli/sysmon.js serve')
    await this.#untilItAnswers()
  }

  async #untilItAnswers(): Promise<void> {
    const deadline = Date.now() + START_MS
    while (!(await this.#isAnswering())) {
      const ended = this.#running.filter(({ process: { exitCode } }) => (exitCode ?? 0) !== 0)
      if (Date.now() > deadline || ended.length > 0) {
        throw new Error(`the server does not answer:\n${this.logs()}`)
      }
      await pause(100)
    }
    // Something to see for whoever follows.
    await this.publish('from the test of the papers')
  }

  #isAnswering(): Promise<boolean> {
    return new Promise(resolve => {
      get(`http://127.0.0.1:${this.#ports.api}/healthz`, response => {
        response.resume()
        resolve(true)
      }).on('error', () => resolve(false))
    })
  }

  /** A crash, so that who follows crashes only is shown it too. */
  async publish(text: string): Promise<void> {
    const event = { type: 'service_crashed', data: { service_name: text, phase: 'gave_up' } }
    const url = `http://127.0.0.1:${this.#ports.api}/telemetry/events`
    assert.equal((await postJson(url, event)).status, 200)
  }

  /** What follows the stream does so still, and shows what is published. */
  async checkEndless(): Promise<void> {
    const followers = this.#running.filter(({ name }) => /curl -N|sysmon tail/.test(name))
    if (followers.length === 0) return
    const text = `the last event of ${this.#ports.api}`
    await this.publish(text)
    for (const { name, process: child, log } of followers) {
      const deadline = Date.now() + 20_000
      while (!readFileSync(log, 'utf8').includes(text)) {
        assert.ok(Date.now() < deadline, `${name}\ndid not show "${text}":\n${readFileSync(log)}`)
        await pause(50)
      }
      assert.equal(child.exitCode, null, `${name} has ended`)
      this.output.push(readFileSync(log, 'utf8'))
    }
  }

  logs(): string {
    return this.#running
      .map(({ name, log }) => `$ ${name}\n${readFileSync(log, 'utf8').slice(-4000)}`)
      .join('\n')
  }

  async close(): Promise<void> {
    for (const { process: child } of this.#running) this.#kill(child)
    while (await this.#isAnswering()) await pause(50)
  }

  /** With its whole group: what it has left in the background too. */
  #kill(child: ChildProcess): void {
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {
      // None of it is left.
    }
  }
}

describe('the commands of', { skip: isThere('curl') ? false : 'there is no curl' }, () => {
  let copy = ''
  const toBeRemoved: Array<() => void> = []
  before(() => {
    copy = temporaryFolder(
      { after: (remove: () => void) => toBeRemoved.push(remove) },
      'sysmon-clone-'
    )
    for (const file of projectFiles()) cpSync(file, join(copy, file))
  })
  after(() => {
    for (const remove of toBeRemoved) remove()
  })

  for (const file of PAPERS) {
    const own = blocks.filter(block => block.file === file && isCommands(block))
    if (own.length === 0) continue
    test(file, async t => {
      const sandbox = await Sandbox.open(t, copy)
      // By README.md's first block, where that file has run before.
      const isBuilt = existsSync(join(copy, 'dist')) || own.some(({ text }) => /^npm ci/.test(text))
      if (!isBuilt) await sandbox.run('npm ci')
      const startsServer = own.some(({ text }) => /npm start/.test(text))
      for (const block of own) {
        const skip = whyNotRun(block) ?? false
        const name = `${file}:${block.line} ${block.text.split('\n').join(' ; ')}`
        await t.test(name, { skip }, async () => {
          if (!startsServer) await sandbox.ensureServer()
          await sandbox.run(block.text)
        })
      }
      await sandbox.checkEndless()
      const printed = sandbox.output.join('\n')
      if (file === 'README.md' && whyNoOomKills() === undefined) {
        assert.match(printed, /"type":"system_oom_kill".*"process_name":"tail"/)
      }
      for (const { text, line } of blocksOf(file).filter(
        ({ comment }) => comment === 'printed by the commands above'
      )) {
        assert.ok(printed.includes(text), `${file}:${line} was not printed`)
      }
    })
  }
})

test('a block says in which language it is; code is from an example, JSON is JSON', () => {
  for (const { file, line, language, text, comment } of blocks) {
    const where = `${file}:${line}`
    assert.match(language, /^(?:sh|bash|js|json|text)$/, where)
    if (language === 'json') assert.doesNotThrow(() => JSON.parse(text), where)
    if (language === 'js') {
      const [, source] = /^from (.+)$/.exec(comment ?? '') ?? []
      assert.ok(source, `${where}: a comment above names the file that it is from`)
      assert.ok(readFileSync(source, 'utf8').includes(text), `${where} is not in ${source}`)
    }
  }
})

test('the event that README.md shows is one, and the text under it is how tail prints it', () => {
  const shown = blocksOf('README.md').find(({ language }) => language === 'json')
  assert.ok(shown)
  const envelope = JSON.parse(shown.text) as EventEnvelope
  assertValid('EventEnvelope', envelope)
  const line = blocksOf('README.md').find(({ language }) => language === 'text')
  assert.equal(line?.text, eventText(envelope))
})

// --- names --------------------------------------------------------------------------------------

test('README.md is short', () => {
  assert.ok(readFileSync('README.md', 'utf8').split('\n').length < 200)
})

test('links lead to files and headings that there are', () => {
  for (const file of PAPERS) {
    for (const link of linksOf(file)) {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? file : join(dirname(file), path)
      assert.ok(isNamedRightly(target), `${file}: ${link}`)
      if (anchor !== undefined) {
        assert.ok(anchorsOf(target).includes(anchor), `${file}: ${link} names no heading`)
      }
    }
  }
})

/** Folders of the project, at the beginning of a path. */
const OWN = /^(?:\.ci|bench|deploy|dist|docs|generated|openapi|plugin|shim|test)\/[\w./*-]*$/

test('files, folders, scripts and variables that the papers name are there', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  const code = projectFiles()
    .filter(
      path => /^(?:plugin|shim|deploy|test|Dockerfile)/.test(path) && !path.includes('fixtures')
    )
    .map(path => readFileSync(path, 'utf8'))
    .join('\n')
  const ofOptions = new Set(Object.keys(OPTIONS).map(variableOf))
  let checked = 0
  for (const file of PAPERS) {
    const text = readFileSync(file, 'utf8')
    const comments = [...text.matchAll(/<!-- .* -->/g)].flatMap(([comment]) =>
      comment.split(/[ :;,]/)
    )
    for (const span of [...codeSpansOf(proseOf(file)), ...comments]) {
      const word = span.split(' ')[0]!
      if (OWN.test(word)) {
        assert.ok(isNamedRightly(word), `${file} names ${word}`)
        checked++
      }
      if (/^(?:Dockerfile\.\w+|[A-Z]+\.md|package(?:-lock)?\.json)$/.test(span)) {
        assert.ok(isNamedRightly(span), `${file} names ${span}`)
      }
      if (
        /^(?:CHROMIUM|DEVTOOLS|KERNEL_IMAGES|S2|SCREEN|SUPERVISOR|SYSMON)_[A-Z0-9_]+$/.test(span)
      ) {
        const isRead = code.includes(span) || ofOptions.has(span.replace(/_FILE$/, ''))
        assert.ok(isRead, `${file} names ${span}, which nothing reads`)
      }
    }
    for (const [, name] of text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)) {
      assert.ok(scripts[name!], `${file} names npm run ${name}`)
    }
  }
  assert.ok(checked > 50, `${checked} paths`)
})

test('papers and files that the code names are there', () => {
  const files = projectFiles().filter(path => !/fixtures|\.(?:md|kmsg)$|^LICENSE/.test(path))
  const known = new Set(projectFiles().map(path => path.split('/').at(-1)))
  const wrong: string[] = []
  for (const path of files) {
    const text = readFileSync(path, 'utf8')
    for (const [paper] of text.matchAll(/\bdocs\/(?:ARCHITECTURE|[a-z-]+)\.md\b/g)) {
      if (!isNamedRightly(paper)) wrong.push(`${path} names ${paper}`)
    }
    if (!/^(?:plugin|shim|bench|test)\/.*\.ts$/.test(path)) continue
    for (const [comment] of text.matchAll(/^\s*(?:\/\*\*?|\*|\/\/).*$/gm)) {
      for (const [, name] of comment.matchAll(/(?<![\w./-])((?:[\w-]+\/)*[\w-]+\.ts)\b/g)) {
        if (!known.has(name!.split('/').at(-1))) wrong.push(`${path} names ${name}`)
      }
    }
  }
  assert.deepEqual(wrong, [])
})

// --- tables -------------------------------------------------------------------------------------

const names = (cells: readonly string[]) => cells.flatMap(codeSpansOf).sort()
const firstCells = (rows: readonly string[][]) => rows.map(([first]) => first!)

/** The properties of an interface that the package exports, as its declarations have them. */
function propertiesOf(name: string): string[] {
  const program = ts.createProgram(['dist/plugin/index.d.ts'], { skipLibCheck: true })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile('dist/plugin/index.d.ts')
  const module = checker.getSymbolAtLocation(source!)
  const found = checker.getExportsOfModule(module!).find(symbol => symbol.name === name)
  assert.ok(found, `the package exports no ${name}`)
  return checker
    .getDeclaredTypeOfSymbol(checker.getAliasedSymbol(found))
    .getProperties()
    .map(property => property.name)
    .sort()
}

test('the tables of options name the options, all of them and no other', () => {
  const options = propertiesOf('SysmonOptions')
  const rows = tableUnder('docs/deployment.md', '## Options of the plugin')
  assert.deepEqual(names(firstCells(rows)), options)
  for (const option of names(firstCells(tableUnder('README.md', '## Options')))) {
    assert.ok(options.includes(option), `README.md names the option ${option}`)
  }
  const sinks = tableUnder('docs/sinks.md', '## Options').flatMap(([first]) => codeSpansOf(first!))
  const ofS2 = sinks.filter(name => name.startsWith('s2.')).map(name => name.slice(3))
  assert.deepEqual(ofS2.sort(), propertiesOf('S2Options'))
})

test('the table of routes names those of the document, all of them and no other', () => {
  const documented = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map(method => `${method.toUpperCase()} ${path}`)
  )
  const named = firstCells(tableUnder('README.md', '## Routes')).flatMap(cell => {
    const paths = [...new Set([...cell.matchAll(/\/[\w./-]+/g)].map(String))]
    const methods = [...new Set([...cell.matchAll(/\b[A-Z]{3,}\b/g)].map(String))]
    return paths.flatMap(path => methods.map(method => `${method} ${path}`))
  })
  assert.deepEqual(named.sort(), documented.sort())
})

test('the tables of events name the types and fields of the document', () => {
  const typesOf = (file: string, heading: string) => names(firstCells(tableUnder(file, heading)))
  const types = [...(schemas.EventType as unknown as { enum: string[] }).enum].sort()
  assert.deepEqual(typesOf('README.md', '## Events'), types)
  assert.deepEqual(typesOf('docs/events.md', '## The envelope'), types)
  const data: ReadonlyArray<[string, SchemaName]> = [
    ['system_oom_kill', 'OomKillData'],
    ['service_crashed', 'ServiceCrashedData'],
    ['page_crashed', 'PageCrashedData'],
    ['process_crashed', 'ProcessCrashedData'],
    ['memory_pressure', 'MemoryPressureData'],
    ['telemetry_gap', 'TelemetryGapData'],
    ['telemetry_configured', 'TelemetryConfiguredData'],
  ]
  assert.deepEqual(data.map(([type]) => type).sort(), types)
  for (const [type, schema] of data) {
    const fields = Object.keys((schemas[schema] as { properties: object }).properties).sort()
    assert.deepEqual(typesOf('docs/events.md', `## \`${type}\``), fields)
  }
})

test('docs/ARCHITECTURE.md says of every dependency why it is there', () => {
  const { dependencies, peerDependencies, devDependencies } = JSON.parse(
    readFileSync('package.json', 'utf8')
  )
  const [, reasons = ''] = /^## Why each dependency is there\n(.*?)^## /ms.exec(
    readFileSync('docs/ARCHITECTURE.md', 'utf8')
  )!
  const named = codeSpansOf(reasons.replaceAll('\n', ' ')).sort()
  const all = Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies }).sort()
  assert.deepEqual(named, all)
})

test('the table of rooms has every room, and what a room imports is in its row', () => {
  const rows = tableUnder('docs/ARCHITECTURE.md', '## Rooms, and who may know whom')
  const mayImport = new Map(
    rows.map(([room, , others]) => [codeSpansOf(room!)[0]!, codeSpansOf(others!)] as const)
  )
  const sources = projectFiles().filter(path => /^(?:plugin|shim)\/.*\.ts$/.test(path))
  const roomOf = (path: string) => /^(?:plugin\/[^/]+\/|shim\/)/.exec(path)?.[0]
  const rooms = new Set(sources.map(roomOf).filter(room => room !== undefined))
  assert.deepEqual([...mayImport.keys()].sort(), [...rooms].sort())
  for (const path of sources) {
    const from = roomOf(path)
    if (from === undefined) continue
    for (const [, target] of readFileSync(path, 'utf8').matchAll(/from '(\.[^']+)'/g)) {
      const to = roomOf(join(dirname(path), target!))
      const isNamed = to === undefined || to === from || mayImport.get(from)!.includes(to)
      assert.ok(isNamed, `${path} imports ${target}: ${from} may not, by docs/ARCHITECTURE.md`)
    }
  }
})

/** `maxStreams` is SYSMON_MAX_STREAMS; that of `devtools` stands beside it. */
const variableOf = (option: string) => `SYSMON_${option.replace(/[A-Z]/g, '_$&').toUpperCase()}`

test('every variable that sysmon serve --help names is in docs/deployment.md or docs/sinks.md, or an option', async t => {
  const sandbox = await Sandbox.open(t, '.')
  await sandbox.run('node dist/plugin/cli/sysmon.js serve --help')
  const options = names(firstCells(tableUnder('docs/deployment.md', '## Options of the plugin')))
  const documented = [
    ...codeSpansOf(proseOf('docs/deployment.md')),
    ...codeSpansOf(proseOf('docs/sinks.md')),
    ...options.map(variableOf),
  ]
  const help = sandbox.output.join('').split('Environment:')[1]!
  const variables = [...help.matchAll(/\b[A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9]\b|\b(?:PORT|HOST)\b/g)]
  assert.ok(variables.length >= 20)
  for (const [name] of variables) assert.ok(documented.includes(name), name)
})

test('the table of options has their defaults', () => {
  const defaults = new Map(
    Object.entries(OPTIONS).map(([name, row]) => [name, 'default' in row ? row.default : undefined])
  )
  for (const [first, stated] of tableUnder('docs/deployment.md', '## Options of the plugin')) {
    for (const option of codeSpansOf(first!)) {
      const value = defaults.get(option)
      // That of stateDir comes from the environment first.
      if (value === undefined || option === 'stateDir') continue
      const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
      assert.equal(stated!.replaceAll('`', ''), text, option)
    }
  }
})
