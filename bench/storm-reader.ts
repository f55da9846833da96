/** Reads a file of raw records through splitter and parser, and prints rate and memory. */

import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { KmsgRecordSplitter } from '../plugin/kmsg/record.ts'
import { oomKillFacts } from '../plugin/oom/event.ts'
import { type OomOutcome, OomParser } from '../plugin/oom/parser.ts'

const peakMb = (): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]) / 1024

const buffer = Buffer.alloc(64 * 1024)
const fd = openSync(process.argv[2]!, 'r')
const splitter = new KmsgRecordSplitter()
const parser = new OomParser()
let records = 0
let kills = 0
const take = (outcomes: readonly OomOutcome[]): void => {
  for (const outcome of outcomes) {
    // The event is made of it too, as the watcher does.
    if (outcome.type === 'kill' && oomKillFacts(outcome).pid > 0) kills++
  }
}
const idle = peakMb()
const start = process.hrtime.bigint()
for (let length = readSync(fd, buffer); length > 0; length = readSync(fd, buffer)) {
  splitter.push(buffer.toString('latin1', 0, length), record => {
    records++
    take(parser.push(record))
  })
}
take(parser.end())
const seconds = Number(process.hrtime.bigint() - start) / 1e9
closeSync(fd)
console.log(JSON.stringify({ records, kills, seconds, megabytes: peakMb() - idle }))
