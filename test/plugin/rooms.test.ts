/**
 * The plan of the house (docs/ARCHITECTURE.md): imports run one way. Read from the import statements
 * of the sources themselves, so that an arrow back, or a circle, fails here and not in a review.
 */

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

/** Room: the rooms it may import from. A file beside the folders is a room of its own. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  machine: [],
  kmsg: ['backoff'],
  oom: ['kmsg'],
  diagnosis: ['oom', 'units', 'chromium'],
  events: ['schema', 'units'],
  stream: ['events'],
  watch: [
    'kmsg',
    'oom',
    'crashes',
    'events',
    'stream',
    'state',
    'machine',
    'diagnosis',
    'backoff',
    'chromium',
  ],
  crashes: ['kmsg', 'oom', 'events'],
  processes: ['diagnosis'],
  pressure: ['processes', 'events'],
  devtools: ['events', 'stream', 'machine', 'backoff', 'chromium'],
  journal: ['events', 'stream', 'state'],
  metrics: ['pressure', 'events', 'errors', 'package-info', 'types'],
  ui: ['events', 'units', 'sse-parser'],
  shim: [],
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? sources(path) : path.endsWith('.ts') ? [path] : []
  })
}

/** `plugin/oom/lines/kill.ts` is in the room `oom`, `plugin/options.ts` is the room `options`. */
function roomOf(path: string): string {
  const [top, name = ''] = path.split('/')
  return top === 'plugin' ? name.replace(/\.ts$/, '') : top!
}

const imports = [...sources('plugin'), ...sources('shim')].flatMap(path => {
  const text = readFileSync(path, 'utf8')
  const named = text.matchAll(/(?:^|\n)(?:import|export|\})[^\n]*? from '(\.[^']+)'/g)
  const loaded = text.matchAll(/import\('(\.[^']+)'\)/g)
  return [...named, ...loaded].map(([, target]) => ({
    path,
    target: normalize(join(dirname(path), target!)),
  }))
})

test('the imports are found', () => {
  assert.ok(imports.length > 300, `${imports.length} imports`)
})

test('no room is imported by one that it imports, on whatever way round', () => {
  const arrows = new Map<string, Map<string, string>>()
  for (const { path, target } of imports) {
    const [from, to] = [roomOf(path), roomOf(target)]
    if (from === to || to === 'generated') continue
    const known = arrows.get(from) ?? new Map<string, string>()
    arrows.set(from, known.set(to, `${path} -> ${target}`))
  }
  const finished = new Set<string>()
  const visit = (room: string, way: readonly string[], rooms: readonly string[]): void => {
    assert.ok(!rooms.includes(room), `a circle:\n${way.join('\n')}`)
    if (finished.has(room)) return
    for (const [next, arrow] of arrows.get(room) ?? [])
      visit(next, [...way, arrow], [...rooms, room])
    finished.add(room)
  }
  for (const room of arrows.keys()) visit(room, [], [])
})

for (const [room, allowed] of Object.entries(MAY_IMPORT)) {
  test(`${room} knows ${allowed.length === 0 ? 'no other room' : allowed.join(', ')}`, () => {
    const others = imports.filter(({ path, target }) => {
      const to = roomOf(target)
      return roomOf(path) === room && to !== room && to !== 'generated' && !allowed.includes(to)
    })
    assert.deepEqual(others, [])
  })
}

test('sinks of a kind are known by the registry only', () => {
  const others = imports.filter(({ path, target }) => {
    const kind = /^plugin\/sinks\/([^/]+)\//.exec(target)?.[1]
    if (kind === undefined || path.startsWith(`plugin/sinks/${kind}/`)) return false
    return path !== 'plugin/sinks/registry.ts'
  })
  assert.deepEqual(others, [])
})

test('routes know no sink, and the shim nothing but the generated types', () => {
  const routes = imports.filter(
    ({ path, target }) => path.startsWith('plugin/routes/') && target.startsWith('plugin/sinks/')
  )
  assert.deepEqual(routes, [])
  const shim = imports.filter(
    ({ path, target }) => path.startsWith('shim/') && !/^(?:shim|generated)\//.test(target)
  )
  assert.deepEqual(shim, [])
})
