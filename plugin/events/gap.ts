/** The `telemetry_gap` event: something was, or may have been, lost. */

import type { TelemetryGapData } from '../../generated/types.ts'
import type { TelemetryEventInput } from './envelope.ts'
import { TELEMETRY_GAP } from './types.ts'

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
    source: { kind: 'local_process', event, metadata: hasMetadata ? { ...metadata } : undefined },
    data,
  }
}
