/**
 * One S2 sink under 3,000 events a second beside S2's SDK alone, which appends records of the same bytes in
 * batches of the same size, one after the other: a real `s2 lite` takes both. Each is offered the events at
 * that rate; what is measured is how many a second arrive until all have, and the processor time of each.
 */

import { fileURLToPath } from 'node:url'
import { S2Lite } from '../test/sinks/s2-lite.ts'
import { findRealPart } from '../test/support/real-parts.ts'
import { type Figure, paired, spreadOf } from './figures.ts'
import type { SenderReport } from './fleet-sink-sender.ts'
import { Program } from './load/program.ts'

const ROUNDS = 5
const SENDER = fileURLToPath(new URL('./fleet-sink-sender.js', import.meta.url))
const SDK = 'the S2 SDK alone'

export async function fleetSink(log: (line: string) => void): Promise<Figure[]> {
  const command = findRealPart('s2')
  if (command === undefined) {
    log('fleet: left out: no s2 command; npm run real-parts builds it')
    return []
  }
  const cleanups: Array<() => unknown> = []
  const t = { after: (cleanup?: unknown) => void cleanups.unshift(cleanup as () => unknown) }
  try {
    const lite = await S2Lite.start(t, command)
    Object.assign(process.env, lite.env())
    const reports: Record<'sink' | 'sdk', SenderReport[]> = { sink: [], sdk: [] }
    for (let round = -1; round < ROUNDS; round++) {
      for (const kind of ['sink', 'sdk'] as const) {
        const stream = `bench-${kind}-${round + 1}`
        const program = Program.ofFile(SENDER, { kind, stream })
        try {
          const report = await program.next<SenderReport>()
          if (round >= 0) reports[kind].push(report)
        } finally {
          await program.stop()
        }
      }
    }
    const of = (kind: 'sink' | 'sdk', key: keyof SenderReport): number[] =>
      reports[kind].map(report => report[key])
    log(
      `fleet: ${spreadOf(of('sink', 'perSecond'))} events/s, ${SDK} ${spreadOf(of('sdk', 'perSecond'))}`
    )
    return [
      paired('fleet', 'events/s', of('sink', 'perSecond'), of('sdk', 'perSecond'), SDK),
      paired('fleet, CPU', 'us', of('sink', 'cpuUs'), of('sdk', 'cpuUs'), SDK),
    ]
  } finally {
    for (const cleanup of cleanups) await cleanup()
  }
}
