/**
 * Reads a file of raw records the way the watcher does, five times over, and prints how long the first
 * pass took, in which V8 still compiles, how long the last and
 * on how much processor time, and the memory.
 */

import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { RawRecord } from '../plugin/kmsg/record.ts'
import { oomKillFacts } from '../plugin/oom/event.ts'
import { type OomOutcome, OomParser } from '../plugin/oom/parser.ts'

const peakMb = (): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]) / 1024

/** The file once through, as if it came from the device. */
function pass(file: string): { records: number; kills: number; seconds: number; cpu: number } {
  const buffer = Buffer.alloc(64 * 1024)
  const record = new RawRecord()
  const parser = new OomParser()
  let records = 0
  let kills = 0
  const take = (outcomes: readonly OomOutcome[]): void => {
    for (const outcome of outcomes) {
      // The event is made of it too, as the watcher does.
      if (outcome.type === 'kill' && oomKillFacts(outcome).pid > 0) kills++
    }
  }
  const fd = openSync(file, 'r')
  const start = process.hrtime.bigint()
  const cpuBefore = process.cpuUsage()
  // The device gives one record a read; here they are cut from larger ones, as the peer's reader does.
  let filled = 0
  for (;;) {
    const length = readSync(fd, buffer, filled, buffer.length - filled, null)
    if (length === 0) break
    filled += length
    const end = buffer.lastIndexOf(10, filled - 1) + 1
    for (let at = 0; at < end; at = record.textEnd + 1) {
      if (!record.read(buffer, at, end)) continue
      records++
      take(parser.pushRaw(record))
    }
    buffer.copyWithin(0, end, filled)
    filled -= end
  }
  take(parser.end())
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  const { user, system } = process.cpuUsage(cpuBefore)
  closeSync(fd)
  return { records, kills, seconds, cpu: (user + system) / 1e6 }
}

const idle = peakMb()
const passes = Array.from({ length: 5 }, () => pass(process.argv[2]!))
const last = passes.at(-1)!
console.log(JSON.stringify({ ...last, first: passes[0]!.seconds, megabytes: peakMb() - idle }))
