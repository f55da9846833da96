/** From a fault's line to the `process_crashed` event. */

import type { ProcessCrashedData } from '../../generated/types.ts'
import type { TelemetryEventInput } from '../events/envelope.ts'
import { PROCESS_CRASHED } from '../events/types.ts'
import { decodeName } from '../kernel-names.ts'
import type { KmsgRecord } from '../kmsg/record.ts'
import type { CrashLine } from './crash-line.ts'

/** The producer's event name. */
const CRASH_EVENT = 'linux.fault'

export interface CrashContext {
  /** Unix microseconds. */
  readonly ts: number
  readonly bootId: string | undefined
  /** It happened before this process started. */
  readonly isReplayed: boolean
}

export function crashData(line: CrashLine): ProcessCrashedData {
  const { comm, pid, signal, address, instruction, error, file, offset } = line
  return {
    process_name: decodeName(comm),
    pid,
    signal,
    error,
    address: prefixed(address),
    instruction: prefixed(instruction),
    file: decodeName(file),
    offset: prefixed(offset),
  }
}

export function crashEvent(
  data: ProcessCrashedData,
  { seq, facility }: Pick<KmsgRecord, 'seq' | 'facility'>,
  { ts, bootId, isReplayed }: CrashContext
): TelemetryEventInput {
  const metadata: Record<string, string> = { kmsg_seq: String(seq) }
  if (bootId !== undefined) metadata.boot_id = bootId
  if (facility !== 0) metadata.facility = 'user'
  if (isReplayed) metadata.replayed = 'true'
  return {
    ts,
    type: PROCESS_CRASHED,
    category: 'system',
    source: { kind: 'local_process', event: CRASH_EVENT, metadata },
    data,
  }
}

function prefixed(hex: string | undefined): string | undefined {
  return hex === undefined ? undefined : `0x${hex}`
}
