/** One measured figure against a peer's, and how both are printed. */

export interface Figure {
  readonly name: string
  readonly ours: number
  readonly peer: number
  readonly peer_name: string
  readonly unit: string
  /** ours / peer; of values that were measured in pairs, the median over the pairs */
  readonly ratio: number
  /** Of the pairs' ratios, where there are pairs: the quartiles. */
  readonly spread?: readonly [number, number]
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
    lower: isLessBetter(unit),
  }
}

/** Of values measured in turn, ours and the peer's: what else the machine does meets both of a pair alike. */
export function paired(
  name: string,
  unit: string,
  ours: readonly number[],
  peer: readonly number[],
  peerName: string
): Figure {
  const ratios = ours.map((value, i) => value / peer[i]!)
  return {
    ...figure(name, unit, median(ours), median(peer), peerName),
    ratio: median(ratios),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  }
}

function isLessBetter(unit: string): boolean {
  return !unit.endsWith('/s') && !unit.endsWith('kept')
}

/** The median, and from the least to the most. */
export function spreadOf(values: readonly number[], digits = 0): string {
  const [low, middle, high] = [0, 0.5, 1].map(share => quantile(values, share).toFixed(digits))
  return `${middle} (${low} to ${high})`
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** A row of the table. */
export function rowOf({ name, ours, peer, peer_name, unit, ratio, spread }: Figure): string {
  const range = spread === undefined ? '' : `, ${spread.map(one => one.toFixed(2)).join(' to ')}`
  const values = `${short(ours).padStart(9)} ${unit.padEnd(12)} ${short(peer).padStart(9)} ${peer_name}`
  return `${name.padEnd(34)} ${ratio.toFixed(2).padStart(6)}${range.padEnd(16)} ${values}`
}

export function short(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3)
}
