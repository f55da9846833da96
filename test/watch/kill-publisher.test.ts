/** From a kill of the parser to its event: whose kills are told, and what is told of them. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import type { OomKillData } from '../../generated/types.ts'
import { parseCrashLine } from '../../plugin/crashes/crash-line.ts'
import type { OomKill } from '../../plugin/oom/parser.ts'
import { Publisher } from '../../plugin/stream/publisher.ts'
import { EventStream } from '../../plugin/stream/stream.ts'
import { type KillPublisherOptions, killPublisher } from '../../plugin/watch/kill-publisher.ts'
import {
  buildDump,
  type DumpOptions,
  killLine,
  killsOf,
  linesOf,
  onlyKill,
  parseLines,
  recordsOf,
} from '../oom/dump-builder.ts'
import { GROUP_LINE } from '../oom/outcomes.ts'

const TS = 1_764_000_000_000_000

function start(options: Partial<KillPublisherOptions> = {}) {
  const stream = new EventStream({ capacity: 100, maxBytes: 1e9 })
  const logged: string[] = []
  const handlers = killPublisher({
    publisher: new Publisher(stream),
    store: undefined,
    log: pino({ level: 'debug' }, { write: line => logged.push(JSON.parse(line).msg) }),
    bootId: undefined,
    scope: 'machine',
    pageSizeKb: 4,
    ...options,
  })
  const events = () =>
    [...stream.events(1)].map(
      ({ json }) => JSON.parse(json.toString()).event as { data: OomKillData }
    )
  return { handlers, events, logged }
}

const killOf = (options: DumpOptions = {}): OomKill =>
  killsOf(parseLines(linesOf(buildDump(options))))[0]!

const CRASH =
  'mutter[812]: segfault at 0 ip 00007f2c sp 00007ffd error 4 in libmutter.so[1000,7f00+9000]'

function crash() {
  const [record] = recordsOf([CRASH])
  return { record: record!, line: parseCrashLine(CRASH), suppressed: 0 }
}

test('in a container, a kill for want of the machine’s memory names no process of other containers', () => {
  const { handlers, events } = start({ scope: 'container', isOfContainer: () => true })
  handlers.onKill(killOf(), TS, false)
  const { data } = events()[0]!
  assert.equal(data.process_name, 'chrome')
  assert.equal(data.in_container, true)
  for (const others of ['top_tasks', 'trigger_process_name', 'trigger_pid', 'diagnosis']) {
    assert.ok(!Object.hasOwn(data, others), others)
  }
  assert.ok(!JSON.stringify(data).includes('systemd'))
})

test('in a container, a kill at its own limit is told whole', () => {
  const { handlers, events } = start({ scope: 'container', isOfContainer: () => true })
  handlers.onKill(killOf({ kind: 'memcg' }), TS, false)
  const { data } = events()[0]!
  assert.equal(data.top_tasks?.length, 5)
  assert.equal(data.trigger_process_name, 'node')
  assert.ok(data.diagnosis !== undefined)
})

test('in a container, what is another’s, or may be, is not told', () => {
  for (const isOurs of [false, undefined]) {
    const { handlers, events } = start({ scope: 'container', isOfContainer: () => isOurs })
    assert.equal(handlers.onKill(killOf(), TS, false), undefined)
    handlers.onCrash?.(crash(), TS, false)
    handlers.onCrash?.({ ...crash(), line: undefined, suppressed: 3 }, TS, false)
    assert.deepEqual(events(), [])
  }
})

test('on the machine, crashes are told, and who they were', () => {
  const identifyCrash: KillPublisherOptions['identifyCrash'] = data => ({
    ...data,
    role: 'browser',
  })
  const { handlers, events } = start({ identifyCrash })
  handlers.onCrash?.(crash(), TS, false)
  const { record } = crash()
  handlers.onCrash?.({ ...crash(), record: { ...record, facility: 1 } }, TS, false)
  const [own, written] = events().map(({ data }) => data as { process_name: string; role?: string })
  assert.deepEqual([own?.process_name, own?.role], ['mutter', 'browser'])
  assert.deepEqual([written?.process_name, written?.role], ['mutter', undefined])
})

test('a kill that a program wrote into the log is nobody’s that is known here', () => {
  const { handlers, events } = start({
    identify: facts => ({ ...facts, victim: { executable: '/opt/chrome' } }),
    isOfContainer: () => true,
  })
  const kill = killOf()
  handlers.onKill({ ...kill, record: { ...kill.record, facility: 1 } }, TS, false)
  handlers.onKill(kill, TS, false)
  const [written, own] = events().map(({ data }) => data)
  assert.deepEqual([written?.victim?.executable, written?.in_container], [undefined, undefined])
  assert.deepEqual([own?.victim?.executable, own?.in_container], ['/opt/chrome', true])
})

test('a kill line without figures is no event, for which its size is required, and the log says so', () => {
  const { handlers, events, logged } = start()
  const [kill] = killsOf(
    parseLines([
      'oom-killer: gfp_mask=0xd0, order=0',
      'Out of Memory: Killed process 2592 (oracle).',
    ])
  )
  assert.equal(handlers.onKill(kill!, TS, false), undefined)
  assert.deepEqual(events(), [])
  assert.deepEqual(logged, ['a kill line without figures is not published'])
})

test('what was killed within ten seconds before is told with a kill, and what was killed earlier is not', () => {
  const freed = linesOf(buildDump({ freePages: 300_000 })).map(line =>
    line.replace('DMA32 free:36000kB', 'DMA32 free:1200000kB')
  )
  for (const [beforeUs, isTold] of [
    [5_000_000, true],
    [20_000_000, false],
  ] as const) {
    const { handlers, events } = start()
    handlers.onKill(killOf({ victim: { comm: 'firefox', pid: 30 } }), TS - beforeUs, false)
    handlers.onKill(onlyKill(parseLines(freed)), TS, false)
    const told = JSON.stringify(events()[1]!.data.diagnosis)
    assert.match(told, /memory was free again/)
    assert.equal(/firefox, killed just before/.test(told), isTold, told)
  }
})

test('a kill that was described while it waited is described anew where its group was killed with it', () => {
  const { handlers, events } = start()
  const lines = linesOf(buildDump({ kind: 'memcg' }))
  const alone = killsOf(parseLines(lines))[0]!
  const [first] = killsOf(
    parseLines([
      ...lines,
      GROUP_LINE,
      killLine({ kind: 'memcg', victim: { pid: 30, comm: 'helper' } }),
    ])
  )
  handlers.onKillHeld?.({ ...alone, record: first!.record }, TS)
  handlers.onKill(first!, TS, false)
  const { data } = events()[0]!
  assert.equal(data.oom_group, true)
  assert.match(JSON.stringify(data.diagnosis), /memory\.oom\.group/)
})

test('a kill that was described while another came first is described for itself', () => {
  const { handlers, events } = start()
  handlers.onKillHeld?.(killOf({ victim: { comm: 'firefox', pid: 30 } }), TS)
  const other = killOf()
  handlers.onKill(
    { ...other, record: { ...other.record, seq: other.record.seq + 1000 } },
    TS,
    false
  )
  assert.equal(events()[0]!.data.process_name, 'chrome')
})
