/** What the S2 sink costs by the streams that one s2 lite has, one of each machine: processor time and lag. */

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { findRealPart } from '../../test/support/real-parts.ts'
import type { FleetRun } from '../fleet.ts'
import type { Growth } from './log-plot.ts'

const FLEET = fileURLToPath(new URL('../fleet.js', import.meta.url))
const STREAMS = [1, 10, 100, 1000]
const EVENTS_PER_S = 0.5
const MINUTES = 0.4

export function byStreams(log: (line: string) => void): Growth[] {
  if (findRealPart('s2') === undefined) {
    log('growth: streams: left out: no s2 command; npm run real-parts builds it')
    return []
  }
  const runs = STREAMS.map(x => {
    const args = ['--machines', x, '--minutes', MINUTES, '--rate', EVENTS_PER_S, '--json']
    const output = execFileSync(process.execPath, [FLEET, ...args.map(String)], {
      encoding: 'utf8',
    })
    const run = JSON.parse(output.trim().split('\n').at(-1)!) as FleetRun
    log(`growth: ${x} streams: ${run.delivered} of ${run.published} events delivered`)
    return { x, run }
  })
  const of = `streams, of ${EVENTS_PER_S} events a second each`
  return [
    {
      name: 'streams',
      of,
      cost: 'ms of processor time of the senders a second',
      points: runs.map(({ x, run }) => ({ x, y: run.publishersCpu * 1000 })),
    },
    {
      name: 'streams-lag',
      of,
      cost: 'ms from the event to its acknowledgement, p50',
      points: runs.map(({ x, run }) => ({ x, y: run.ackMs })),
    },
  ]
}
