/** The `process_crashed` event of a process of the browser's own. */

import type { ProcessCrashedData } from '../../generated/types.ts'
import type { TelemetryEventInput } from '../events/envelope.ts'
import { PROCESS_CRASHED } from '../events/types.ts'
import type { CountedCrash } from './crash-counts.ts'
import type { BrowserProcess } from './process-list.ts'

export interface ChildCrash {
  readonly crash: CountedCrash
  /** Which one it was, where only one of its kind is gone. */
  readonly process: BrowserProcess | undefined
}

/** The crashes that were counted, with the processes that are gone. */
export function childCrashes(
  crashes: readonly CountedCrash[],
  gone: readonly BrowserProcess[]
): ChildCrash[] {
  return crashes
    .filter(({ kind }) => kind === 'crashed')
    .map(crash => {
      const own = gone.filter(({ type }) => (type === 'GPU') === (crash.role === 'gpu'))
      return { crash, process: own.length === 1 ? own[0] : undefined }
    })
}

export function childCrashedEvent({ crash, process }: ChildCrash, ts: number): TelemetryEventInput {
  const isNetwork = process?.type.startsWith('network.') === true
  const data: ProcessCrashedData = {
    pid: process?.pid,
    signal: crash.signal,
    role: isNetwork ? 'network' : crash.role,
  }
  return {
    ts,
    type: PROCESS_CRASHED,
    category: 'system',
    source: { kind: 'cdp', event: 'Browser.processCrashed' },
    data,
  }
}
