/** All that a reader comes to, over as many turns of the event loop as that takes. */

import { setImmediate as turn } from 'node:timers/promises'
import type { PublishedEvent } from '../../plugin/events/envelope.ts'
import type { EventReader, ReadBatch } from '../../plugin/stream/event-reader.ts'

/** The next batch that has something to tell; an empty one where there is none. */
export async function nextBatch(reader: EventReader, maxBytes = 1e9): Promise<ReadBatch> {
  for (;;) {
    const batch = reader.read(maxBytes, true)
    if (batch.events.length > 0 || batch.missed > 0 || !reader.hasMore) return batch
    await turn()
  }
}

export async function readAll(
  reader: EventReader
): Promise<{ events: PublishedEvent[]; missed: number }> {
  const events: PublishedEvent[] = []
  let missed = 0
  for (;;) {
    const batch = await nextBatch(reader)
    events.push(...batch.events)
    missed += batch.missed
    if (!reader.hasMore) return { events, missed }
  }
}
