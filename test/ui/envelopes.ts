/** Envelopes as the page is given them. */

import type { EventEnvelope } from '../../generated/types.ts'

/** @param ms Unix milliseconds */
export function envelope(
  seq: number,
  type = 'note',
  data: object = {},
  ms = 1_700_000_000_000 + seq * 1000
): EventEnvelope {
  return {
    seq,
    event: {
      ts: ms * 1000,
      type,
      category: type === 'note' ? 'console' : 'system',
      source: { kind: 'local_process', event: 'test' },
      data,
    },
  } as EventEnvelope
}

export const kill = (seq: number, name = 'java', ms?: number) =>
  envelope(seq, 'system_oom_kill', { process_name: name, pid: seq, rss_kb: 1000 }, ms)
