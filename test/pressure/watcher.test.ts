/** A group that really runs into its limit, and pressure that the files of a test say there is. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import Fastify, { type FastifyBaseLogger } from 'fastify'
import type { MemoryPressureData } from '../../generated/types.ts'
import type { TelemetryEventInput } from '../../plugin/events/envelope.ts'
import {
  type PressureFiles,
  PressureWatcher,
  type PressureWatcherOptions,
} from '../../plugin/pressure/watcher.ts'
import { startApp } from '../support/app.ts'
import { sleep } from '../support/chromium.ts'
import { memoryGroup, whyNoOomKills } from '../support/oom.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { PATIENCE_MS } from '../support/wait.ts'

function watch(
  t: TestContext,
  files: PressureFiles,
  more: Partial<PressureWatcherOptions> = {}
): TelemetryEventInput[] {
  const events: TelemetryEventInput[] = []
  const watcher = new PressureWatcher(
    {
      fullPercent: 10,
      forMs: 0,
      log: Fastify().log,
      table: undefined,
      pageSizeKb: 4,
      onlyPageUrl: () => undefined,
      onPressure: event => events.push(event),
      ...more,
    },
    files
  )
  t.after(() => watcher.close())
  watcher.start()
  return events
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; tries < PATIENCE_MS / 25 && !isTrue(); tries++) await sleep(25)
  assert.ok(isTrue())
}

test('pressure is told, with the largest processes', async t => {
  const path = join(temporaryFolder(t), 'memory')
  const write = (full: string) =>
    writeFileSync(
      path,
      `some avg10=${full} avg60=0.00 avg300=0.00 total=1\nfull avg10=${full} avg60=0.00 avg300=0.00 total=1\n`
    )
  write('0.00')
  const events = watch(t, { pressure: [`${path}.none`, path], events: [] })
  await sleep(1500)
  assert.deepEqual(events, [])
  write('12.00')
  await until(() => events.length === 1)
  const { data, type, category } = events[0]!
  assert.deepEqual([type, category], ['memory_pressure', 'monitor'])
  const told = data as MemoryPressureData
  assert.equal(told.reason, 'pressure')
  assert.equal(told.full_avg10, 12)
  assert.equal(told.top_tasks?.length, 5)
  const sizes = told.top_tasks!.map(({ rss_kb }) => rss_kb)
  assert.deepEqual(
    sizes,
    [...sizes].sort((a, b) => b - a)
  )
  assert.ok(told.mem_total_kb! > told.mem_available_kb!)
  await sleep(2500)
  assert.equal(events.length, 1)
})

test('a group at its limit is told', { skip: whyNoOomKills() ?? false }, async t => {
  const group = memoryGroup(t, `sysmon-pressure-${process.pid}`, 32 * 1024)
  const folder = group.procs.replace('/cgroup.procs', '')
  const events = ['memory.events', 'memory.failcnt']
    .map(name => join(folder, name))
    .filter(existsSync)
  const told = watch(t, { pressure: [], events })
  // Writes a file again and again: its pages that do not fit go to the disk, and nobody is killed.
  const file = join(temporaryFolder(t), 'large')
  const script =
    'echo $$ > "$1" && while :; do rm -f "$2"; dd if=/dev/zero of="$2" bs=1M count=96 2>/dev/null; done'
  const reader = spawn('sh', ['-c', script, 'sh', group.procs, file], {
    stdio: 'ignore',
    detached: true,
  })
  const ended = new Promise(resolve => reader.once('exit', resolve))
  try {
    await until(() => told.length === 1)
  } finally {
    process.kill(-reader.pid!, 'SIGKILL')
    await ended
  }
  assert.equal((told[0]!.data as MemoryPressureData).reason, 'group_max')
})

test('it is off by default, and on by option', async t => {
  const app = await startApp(t, {
    memoryPressure: true,
    memoryPressureFull: 100,
    memoryPressureFor: 0,
  })
  assert.equal(app.sysmon.health().stream.seq, 0)
})

test('an event that cannot be published is a line in the log, and no end of the process', async t => {
  const path = join(temporaryFolder(t), 'memory')
  writeFileSync(path, 'some avg10=50.00 avg60=0.00\nfull avg10=50.00 avg60=0.00\n')
  const lines: unknown[] = []
  const log = { error: (...line: unknown[]) => lines.push(line) } as unknown as FastifyBaseLogger
  const onPressure = () => {
    throw new Error('the stream is closed')
  }
  watch(t, { pressure: [path], events: [] }, { log, onPressure })
  await until(() => lines.length > 0)
  assert.match(String(lines), /short memory is not told/)
})
