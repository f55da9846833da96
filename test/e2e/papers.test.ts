/**
 * What README.md and docs/ say is so: names, links and tables are held against the code. Their commands:
 * paper-commands.test.ts.
 *
 *     <!-- from FILE -->                above code or configuration that is in that file, as it stands
 */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import ts from 'typescript'
import { type SchemaName, schemas } from '../../generated/schemas.ts'
import type { EventEnvelope } from '../../generated/types.ts'
import { eventText } from '../../plugin/cli/event-line.ts'
import { OPTIONS } from '../../plugin/options.ts'
import { assertValid, document } from '../support/app.ts'
import {
  anchorsOf,
  blocksOf,
  codeSpansOf,
  isNamedRightly,
  linksOf,
  PAPERS,
  projectFiles,
  proseOf,
  tableUnder,
} from '../support/papers.ts'

const blocks = PAPERS.flatMap(blocksOf)

test('a block says in which language it is; code and configuration are from a file, JSON is JSON', () => {
  for (const { file, line, language, text, comment } of blocks) {
    const where = `${file}:${line}`
    assert.match(language, /^(?:sh|bash|js|yaml|ini|json|text)$/, where)
    if (language === 'json') assert.doesNotThrow(() => JSON.parse(text), where)
    if (/^(?:js|yaml|ini)$/.test(language)) {
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

/** `maxStreams` is SYSMON_MAX_STREAMS; that of `devtools` stands beside it. */
const variableOf = (option: string) => `SYSMON_${option.replace(/[A-Z]/g, '_$&').toUpperCase()}`

test('every variable that sysmon serve --help names is in docs/deployment.md or docs/sinks.md, or an option', () => {
  const help = execFileSync(process.execPath, ['dist/plugin/cli/sysmon.js', 'serve', '--help'], {
    encoding: 'utf8',
  }).split('Environment:')[1]!
  const options = names(firstCells(tableUnder('docs/deployment.md', '## Options of the plugin')))
  const documented = [
    ...codeSpansOf(proseOf('docs/deployment.md')),
    ...codeSpansOf(proseOf('docs/sinks.md')),
    ...options.map(variableOf),
  ]
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
