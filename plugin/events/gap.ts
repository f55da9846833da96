/** The `telemetry_gap` events: what was, or may have been, lost. */

import type { TelemetryGapData } from '../../generated/types.ts'
import type { JournalLoss } from '../journal/loss.ts'
import type { KmsgGap } from '../watch/kmsg-gaps.ts'
import type { TelemetryEventInput } from './envelope.ts'
import { TELEMETRY_GAP } from './types.ts'
import { uncertainMetadata } from './uncertain-numbers.ts'

/**
 * @param event the producer's name of what happened
 * @param metadata what identifies the gap, so that telling of it twice is telling of it once
 */
export function gapEvent(
  event: string,
  data: TelemetryGapData,
  metadata: Readonly<Record<string, string>> = {}
): TelemetryEventInput {
  const hasMetadata = Object.keys(metadata).length > 0
  return {
    ts: data.to ?? Date.now() * 1000,
    type: TELEMETRY_GAP,
    category: 'monitor',
    source: { kind: 'local_process', event, ...(hasMetadata ? { metadata } : {}) },
    data,
  }
}

export function kmsgGap({ event, metadata, ...data }: KmsgGap): TelemetryEventInput {
  return gapEvent(event, { source: 'kmsg', ...data }, metadata)
}

export function journalGap(loss: JournalLoss): TelemetryEventInput {
  const { key, uncertain, ...data } = loss
  return gapEvent(
    'journal.loss',
    { source: 'stream', ...data },
    {
      ...(key === undefined ? {} : { journal: key }),
      ...uncertainMetadata(uncertain),
    }
  )
}
