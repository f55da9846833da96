/** When a dump is over, to the microsecond and to the line, and what is none. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseKillLine } from '../../plugin/oom/lines/kill.ts'
import { parseOpener } from '../../plugin/oom/lines/opener.ts'
import {
  agrees,
  isEmpty,
  isFailedAllocation,
  isMemInfoOnly,
  isOver,
  isOverAfterKill,
  isPartial,
  newSection,
  type Section,
  takesRow,
} from '../../plugin/oom/section.ts'
import { buildDump, recordsOf, TASKS_HEADER, taskRow } from './dump-builder.ts'

const SECOND = 1_000_000
const LAST_US = 5 * SECOND
const DUMP = buildDump()
const [OPENER = ''] = DUMP.opener
const [STRUCTURED = ''] = DUMP.structured
const FOREIGN = 'usb 1-1: new high-speed USB device number 4'

/** A dump so far, of these lines, the last of them at {@link LAST_US}. */
function sectionOf(lines: readonly string[], changes: Partial<Section> = {}): Section {
  const section = newSection(recordsOf(['x'], { us: LAST_US })[0]!, true)
  for (const line of lines) {
    const opener = parseOpener(line)
    if (opener !== undefined) section.dump.opener = opener
    else assert.ok(section.dump.push(line), line)
  }
  return Object.assign(section, changes)
}

const after = (us: number) => ({ timestampUs: LAST_US + us })
const sacrificeOf = (pid: number) => ({ pid, prefix: 'Out of memory' })
const killed = (changes: Partial<Section> = {}) =>
  sectionOf([OPENER], { victims: new Set([4711]), ...changes })

test('a line that begins another dump is this one’s for ten seconds', () => {
  const section = sectionOf([OPENER, ...DUMP.memory])
  assert.equal(isOver(section, after(10 * SECOND), 'Mem-Info:'), false)
  assert.equal(isOver(section, after(10 * SECOND + 1), 'Mem-Info:'), true)
  assert.equal(isOver(section, after(-60 * SECOND), 'Mem-Info:'), false)
})

test('a line that must be this dump’s is taken for ten minutes', () => {
  for (const section of [sectionOf([OPENER]), sectionOf([OPENER, 'Mem-Info:'])]) {
    assert.equal(isOver(section, after(600 * SECOND), TASKS_HEADER), false)
    assert.equal(isOver(section, after(600 * SECOND + 1), TASKS_HEADER), true)
  }
})

test('the trigger’s own line is taken after any time, once', () => {
  const line = 'CPU: 1 PID: 812345 Comm: node Not tainted 6.12.9 #1'
  assert.equal(isOver(sectionOf([OPENER]), after(3600 * SECOND), line), false)
  const other = line.replace('node', 'mode')
  assert.equal(isOver(sectionOf([OPENER]), after(3600 * SECOND), other), true)
  assert.equal(isOver(sectionOf([OPENER, line]), after(3600 * SECOND), line), true)
  assert.equal(isOver(sectionOf(['Mem-Info:']), after(3600 * SECOND), line), true)
})

test('after silence, each line that a dump has once begins another', () => {
  const late = after(11 * SECOND)
  const usage = 'memory: usage 5kB, limit 5kB, failcnt 1'
  const memInfo = ['Mem-Info:', 'active_anon:1 free:5']
  const task = 'Task in /a killed as a result of limit of /b'
  const table = [TASKS_HEADER, taskRow({ comm: 'x', pid: 7, rssPages: 1 })]
  for (const [line, without, having] of [
    ['Mem-Info:', [OPENER], [OPENER, ...memInfo]],
    ['Mem-Info:', [OPENER], [OPENER, usage]],
    ['Mem-Info:', [OPENER], [OPENER, ...table]],
    [usage, [OPENER], [OPENER, usage]],
    [usage, [OPENER], [OPENER, ...memInfo]],
    [task, [OPENER, usage], [OPENER, task]],
    ['Tasks state (memory values in pages):', [OPENER, ...memInfo], [OPENER, ...table]],
    [TASKS_HEADER, [OPENER, ...memInfo], [OPENER, ...table]],
    ['[ pid ]   uid  tgid', [OPENER, ...memInfo], [OPENER, ...table]],
  ] as const) {
    assert.equal(isOver(sectionOf(without), late, line), false, `${line} after ${without.at(-1)}`)
    assert.equal(isOver(sectionOf(having), late, line), true, `${line} after ${having.at(-1)}`)
  }
})

test('after silence, a kill is of the dump that names it', () => {
  const late = after(60 * SECOND)
  const over = (lines: readonly string[], line: string, changes?: Partial<Section>) =>
    isOver(sectionOf(lines, changes), late, line)
  const table = [TASKS_HEADER, taskRow({ comm: 'chrome', pid: 4711, rssPages: 1 })]
  const kill = 'Out of memory: Killed process 4711 (chrome) total-vm:9kB'
  assert.equal(over([OPENER, STRUCTURED], kill), false)
  assert.equal(over([OPENER, ...table], kill), false)
  assert.equal(over([OPENER, ...table], kill.replace('chrome', 'other')), true)
  assert.equal(over([OPENER, ...table], kill.replace('4711', '4712')), true)
  assert.equal(over([OPENER], kill), true, 'nothing names it')
  assert.equal(over([OPENER], kill, { sacrifice: sacrificeOf(4711) }), false)
  assert.equal(over([OPENER], kill, { sacrifice: sacrificeOf(4712) }), true)
  const torn = sectionOf([OPENER, STRUCTURED])
  torn.dump.isTorn = true
  assert.equal(isOver(torn, late, kill), true, 'records were lost')
  // Announced, but the structured line says another.
  assert.equal(
    over([OPENER, STRUCTURED], kill.replace('4711', '5'), { sacrifice: sacrificeOf(5) }),
    true
  )
  assert.equal(over([OPENER, STRUCTURED], kill, { sacrifice: sacrificeOf(4711) }), false)
})

test('after silence, what names a victim is of the dump whose table has it', () => {
  const late = after(60 * SECOND)
  const over = (section: Section, line: string) => isOver(section, late, line)
  const table = [TASKS_HEADER, taskRow({ comm: 'chrome', pid: 4711, rssPages: 1 })]
  const announced = 'Out of memory: Kill process 4711 (chrome) score 9 or sacrifice child'
  for (const line of [STRUCTURED, announced]) {
    assert.equal(over(sectionOf([OPENER, ...table]), line), false)
    assert.equal(over(sectionOf([OPENER, ...table]), line.replace('4711', '5')), true)
    assert.equal(over(sectionOf([OPENER]), line), false, 'there is no table')
    assert.equal(over(sectionOf([OPENER, STRUCTURED]), line), true, 'it has one already')
    const torn = sectionOf([OPENER, ...table])
    torn.dump.isTorn = true
    assert.equal(over(torn, line), true, 'records were lost')
  }
})

test('after silence, a row of the table is taken as long as nothing says that it is over', () => {
  const take = (us: number, section: Section) => takesRow(section, after(us))
  assert.equal(take(600 * SECOND, sectionOf([OPENER])), true)
  assert.equal(take(600 * SECOND + 1, sectionOf([OPENER])), false)
  const torn = sectionOf([OPENER])
  torn.dump.isTorn = true
  for (const section of [torn, sectionOf([OPENER, STRUCTURED])]) {
    assert.equal(take(10 * SECOND, section), true)
    assert.equal(take(10 * SECOND + 1, section), false)
  }
  assert.equal(take(0, killed()), false)
})

test('a dump is over after so many lines', () => {
  for (const [lines, isAtEnd] of [
    [262_143, false],
    [262_144, true],
  ] as const) {
    assert.equal(isOver(sectionOf([OPENER], { lines }), after(0), FOREIGN), isAtEnd)
    assert.equal(takesRow(sectionOf([OPENER], { lines }), after(0)), !isAtEnd)
    assert.equal(isOverAfterKill(killed({ lines }), after(0)), isAtEnd)
  }
})

test('a dump is over after so many foreign lines: fewer after its kill', () => {
  const isAtEnd = (section: Section) => isOver(section, after(0), FOREIGN)
  assert.equal(isAtEnd(sectionOf([OPENER], { foreignLines: 2047 })), false)
  assert.equal(isAtEnd(sectionOf([OPENER], { foreignLines: 2048 })), true)
  for (const isIt of [isAtEnd, (section: Section) => isOverAfterKill(section, after(0))]) {
    assert.equal(isIt(killed({ foreignLines: 31 })), false)
    assert.equal(isIt(killed({ foreignLines: 32 })), true)
    assert.equal(isIt(killed({ foreignLines: 255, groupPath: '/a' })), false)
    assert.equal(isIt(killed({ foreignLines: 256, groupPath: '/a' })), true)
  }
})

test('after its kill a dump waits ten seconds, for the rest of a group ten minutes', () => {
  assert.equal(isOverAfterKill(killed(), after(10 * SECOND)), false)
  assert.equal(isOverAfterKill(killed(), after(10 * SECOND + 1)), true)
  assert.equal(isOverAfterKill(killed({ groupPath: '/a' }), after(600 * SECOND)), false)
  assert.equal(isOverAfterKill(killed({ groupPath: '/a' }), after(600 * SECOND + 1)), true)
  assert.equal(isOver(killed(), after(11 * SECOND), FOREIGN), true)
  assert.equal(isOver(killed({ groupPath: '/a' }), after(11 * SECOND), FOREIGN), false)
})

test('after silence, further victims of a group are taken: of its table, where there is one', () => {
  const late = after(60 * SECOND)
  const kill = 'Memory cgroup out of memory: Killed process 5 (x) total-vm:9kB'
  const table = [TASKS_HEADER, taskRow({ comm: 'x', pid: 5, rssPages: 1 })]
  const over = (lines: readonly string[], line: string, groupPath: string | undefined) =>
    isOver(sectionOf(lines, { victims: new Set([4711]), groupPath }), late, line)
  assert.equal(over([OPENER], kill, '/a'), false)
  assert.equal(over([OPENER, ...table], kill, '/a'), false)
  assert.equal(over([OPENER, ...table], kill.replace('5', '6'), '/a'), true)
  assert.equal(over([OPENER, ...table], kill.replace(' 5 ', ' 4711 '), '/a'), false, 'repeated')
  assert.equal(over([OPENER], kill, undefined), true)
})

test('nothing but the heads of tables is no dump', () => {
  const isNone = (...lines: string[]) => isEmpty(sectionOf(lines).dump)
  assert.equal(isNone(), true)
  assert.equal(isNone('Mem-Info:', TASKS_HEADER), true)
  for (const line of [
    OPENER,
    STRUCTURED,
    'memory: usage 5kB, limit 5kB, failcnt 1',
    '524158 pages RAM',
    'free:11 free_pcp:61',
  ]) {
    assert.equal(isNone(line), false, line)
  }
  assert.equal(isNone(TASKS_HEADER, taskRow({ comm: 'x', pid: 7, rssPages: 1 })), false)
})

test('the state of the memory alone is that of a failed allocation', () => {
  const of = (lines: readonly string[], changes: Partial<Section> = {}) =>
    isFailedAllocation(sectionOf(lines, changes))
  const memory = ['Mem-Info:', '524158 pages RAM']
  assert.equal(of(memory), true)
  assert.equal(of(memory, { isHeadKnown: false }), false, 'the head may be lost')
  assert.equal(of(memory, { isHeadKnown: false, foreignLines: 16 }), false)
  assert.equal(of(memory, { isHeadKnown: false, foreignLines: 17 }), true)
  assert.equal(of([]), false)
  for (const line of [OPENER, STRUCTURED, TASKS_HEADER]) {
    assert.equal(of([...memory, line]), false, line)
    assert.equal(isMemInfoOnly(sectionOf([...memory, line]).dump), false, line)
  }
})

test('figures may be missing from a dump without its head, its end or the state of the memory', () => {
  const partial = (...lines: string[]) => isPartial(sectionOf(lines).dump)
  assert.equal(partial(OPENER, '524158 pages RAM', STRUCTURED), false)
  assert.equal(partial(OPENER, 'memory: usage 5kB, limit 5kB, failcnt 1'), false)
  assert.equal(partial(OPENER, 'swap: usage 5kB, limit 5kB, failcnt 1'), true)
  assert.equal(partial(OPENER), true)
  assert.equal(partial('524158 pages RAM', STRUCTURED), true)
  const cut = 'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null)'
  assert.equal(partial(OPENER, '524158 pages RAM', cut), true)
  for (const name of ['isTorn', 'hasUnreadRows'] as const) {
    const { dump } = sectionOf([OPENER, '524158 pages RAM'])
    dump[name] = true
    assert.equal(isPartial(dump), true, name)
  }
})

test('a kill ends the dump that speaks of it', () => {
  const of = (lines: readonly string[], changes: Partial<Section>, pid: number, comm = 'chrome') =>
    agrees(
      sectionOf(lines, changes),
      parseKillLine(`Out of memory: Killed process ${pid} (${comm}) total-vm:9kB`)!
    )
  assert.equal(of([OPENER, STRUCTURED], {}, 4711), true)
  assert.equal(of([OPENER, STRUCTURED], {}, 4712), false)
  assert.equal(of([OPENER, STRUCTURED], {}, 4711, 'other'), false)
  // Its child was sacrificed.
  assert.equal(of([OPENER, STRUCTURED], { sacrifice: sacrificeOf(4711) }, 4712), true)
  assert.equal(of([OPENER], {}, 4712), true)
  assert.equal(of(['524158 pages RAM'], {}, 4712), false)
})
