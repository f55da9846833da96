/** The sentences as an event carries them: bounded, whatever names and paths the dump has. */

import type { OomDiagnosis } from '../../generated/types.ts'
import type { Diagnosis } from './diagnosis.ts'

/** Bytes of JSON in all. */
export const MAX_BYTES = 2048
const MAX_CAUSE_BYTES = 640
const MAX_NEXT_BYTES = 512
const MAX_SENTENCE_BYTES = 320
/** `{"cause":,"evidence":[],"next":}` */
const FRAME_BYTES = 32

export function boundedDiagnosis({ cause, evidence, next }: Diagnosis): OomDiagnosis {
  const bounded = {
    cause: clip(cause, MAX_CAUSE_BYTES),
    evidence: [] as string[],
    next: clip(next.join('; '), MAX_NEXT_BYTES),
  }
  let left = MAX_BYTES - FRAME_BYTES - bytesOf(bounded.cause) - bytesOf(bounded.next)
  for (const sentence of evidence) {
    const text = clip(sentence, MAX_SENTENCE_BYTES)
    left -= bytesOf(text) + 1
    if (left < 0) break
    bounded.evidence.push(text)
  }
  return bounded
}

/** As JSON, with its quotes. */
function bytesOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(text))
}

/** Cut between characters, and marked so. */
function clip(text: string, maxBytes: number): string {
  if (bytesOf(text) <= maxBytes) return text
  const chars = [...text]
  let low = 0
  let high = Math.min(chars.length, maxBytes)
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (bytesOf(`${chars.slice(0, middle).join('')}…`) <= maxBytes) low = middle
    else high = middle - 1
  }
  return `${chars.slice(0, low).join('')}…`
}
