/**
 * The plan of the house is the table of docs/ARCHITECTURE.md: imports run one way. Read from the import
 * statements of the sources themselves, so that an arrow back, or a circle, fails here and not in a review.
 */

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { codeSpansOf, tableUnder } from '../support/papers.ts'

/** Of each room, what it may import beside itself and the small files. */
const MAY_IMPORT = new Map(
  tableUnder('docs/ARCHITECTURE.md', '## Rooms, and who may know whom').map(
    ([room, , others]) => [folderOf(room!)[0]!, folderOf(others!)] as const
  )
)

/** `plugin/kmsg/` of a cell is the room `kmsg`, `plugin/index.ts` the room `index`. */
function folderOf(cell: string): string[] {
  return codeSpansOf(cell).map(path => path.replace(/^plugin\//, '').replace(/\/$|\.ts$/, ''))
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

test('every room has its row', () => {
  const folders = imports.flatMap(({ path }) =>
    /^(?:plugin\/.*|shim)\//.test(path) ? roomOf(path) : []
  )
  assert.deepEqual([...MAY_IMPORT.keys()].sort(), [...new Set(folders)].sort())
})

/** Beside the rooms, and knowing none of them. */
function isSmallFile(room: string): boolean {
  return (
    !MAY_IMPORT.has(room) &&
    imports.every(({ path, target }) => roomOf(path) !== room || !MAY_IMPORT.has(roomOf(target)))
  )
}

for (const [room, allowed] of MAY_IMPORT) {
  test(`${room} knows ${allowed.length === 0 ? 'no other room' : allowed.join(', ')}`, () => {
    const known = imports.filter(({ path }) => roomOf(path) === room)
    const others = known.filter(({ target }) => {
      const to = roomOf(target)
      return to !== room && to !== 'generated' && !allowed.includes(to) && !isSmallFile(to)
    })
    assert.deepEqual(others, [])
    // An arrow that nobody draws is no right.
    const unused = allowed.filter(one => known.every(({ target }) => roomOf(target) !== one))
    assert.deepEqual(unused, [])
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
