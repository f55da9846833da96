/** One measured figure against a peer's, and how both are printed. */

export interface Figure {
  readonly name: string
  readonly ours: number
  readonly peer: number
  readonly peer_name: string
  readonly unit: string
  /** ours / peer */
  readonly ratio: number
  /** Less is better. */
  readonly lower: boolean
}

export function figure(
  name: string,
  unit: string,
  ours: number,
  peer: number,
  peerName: string
): Figure {
  return {
    name,
    ours,
    peer,
    peer_name: peerName,
    unit,
    ratio: ours / peer,
    lower: !unit.endsWith('/s'),
  }
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
